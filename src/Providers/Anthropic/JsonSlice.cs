using System.Runtime.InteropServices;
using System.Text.Json;

namespace Ensemble.Providers.Anthropic;

/// <summary>Values of a parsed document as the bytes from which they were parsed.</summary>
internal static class JsonSlice
{
    /// <param name="value">Of a document that was parsed from <paramref name="source"/>.</param>
    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> source, JsonElement value)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value);
        return source.Span.Overlaps(raw, out var offset) ? source.Slice(offset, raw.Length) : raw.ToArray();
    }

    public static bool IsPresent(this JsonElement value, string name, out JsonElement field) =>
        value.TryMember(name, out field) && field.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined);

    /// <returns>Null where the field is no string.</returns>
    public static string? Text(this JsonElement value, string name) => value.Member(name)?.Text();
}
