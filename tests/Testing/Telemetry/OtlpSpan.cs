using System.Globalization;
using System.Text;

namespace Ensemble.Testing;

/// <summary>A span as a collector receives it. Source of the field numbers: opentelemetry-proto, <c>trace/v1/trace.proto</c>.</summary>
/// <param name="Parent">Empty where it has none.</param>
/// <param name="Kind">1 = internal, 2 = server, 3 = client.</param>
/// <param name="Status">2 = an error.</param>
/// <param name="Resource">Of the process that it comes from.</param>
public sealed record OtlpSpan(string Trace, string Id, string Parent, string Name, int Kind, int Status, IReadOnlyDictionary<string, string> Attributes, IReadOnlyDictionary<string, string> Resource)
{
    /// <returns>All spans of an export request.</returns>
    public static IEnumerable<OtlpSpan> Read(byte[] request) =>
        from resourceSpans in Protobuf.Read(request).Where(field => field.Number == 1)
        let parts = Protobuf.Read(resourceSpans.Bytes)
        let resource = Pairs(parts.Where(field => field.Number == 1).SelectMany(field => Protobuf.Read(field.Bytes)), 1)
        from scope in parts.Where(field => field.Number == 2)
        from span in Protobuf.Read(scope.Bytes).Where(field => field.Number == 2)
        select Of(Protobuf.Read(span.Bytes), resource);

    private static OtlpSpan Of(IReadOnlyList<Protobuf.Field> fields, IReadOnlyDictionary<string, string> resource) => new(
        Hex(fields, 1),
        Hex(fields, 2),
        Hex(fields, 4),
        Encoding.UTF8.GetString(fields.Single(field => field.Number == 5).Bytes),
        (int)(fields.FirstOrDefault(field => field.Number == 6)?.Value ?? 0),
        (int)(fields.Where(field => field.Number == 15).SelectMany(field => Protobuf.Read(field.Bytes)).FirstOrDefault(field => field.Number == 3)?.Value ?? 0),
        Pairs(fields, 9),
        resource);

    private static string Hex(IEnumerable<Protobuf.Field> fields, int number) =>
        fields.FirstOrDefault(field => field.Number == number) is { } found ? Convert.ToHexStringLower(found.Bytes) : "";

    private static Dictionary<string, string> Pairs(IEnumerable<Protobuf.Field> fields, int number) => fields.Where(field => field.Number == number)
        .Select(field => Protobuf.Read(field.Bytes))
        .ToDictionary(
            pair => Encoding.UTF8.GetString(pair.Single(field => field.Number == 1).Bytes),
            pair => pair.FirstOrDefault(field => field.Number == 2) is { } value ? Text(Protobuf.Read(value.Bytes)) : "",
            StringComparer.Ordinal);

    private static string Text(IReadOnlyList<Protobuf.Field> value) => value is not [var one] ? "" : one.Number switch
    {
        1 => Encoding.UTF8.GetString(one.Bytes),
        2 => one.Value == 1 ? "true" : "false",
        3 => ((long)one.Value).ToString(CultureInfo.InvariantCulture),
        4 => BitConverter.UInt64BitsToDouble(one.Value).ToString(CultureInfo.InvariantCulture),
        5 => string.Join(',', Protobuf.Read(one.Bytes).Select(item => Text(Protobuf.Read(item.Bytes)))),
        _ => "",
    };
}
