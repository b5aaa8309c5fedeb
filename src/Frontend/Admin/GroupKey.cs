using System.Text.Json;
using System.Text.Json.Serialization;
using Ensemble.Usage;

namespace Ensemble.Frontend.Admin;

/// <summary>What the sub-calls or runs of a group have in common.</summary>
/// <param name="Value">Null = a caller without a key.</param>
internal sealed record GroupKey(string? Value)
{
    /// <returns>Null where groups are not made by that dimension.</returns>
    public static GroupKey? Of(UsageDimension dimension, IReadOnlyList<UsageDimension> by, IReadOnlyList<string?> keys) =>
        by.Index().Where(one => one.Item == dimension).Select(one => new GroupKey(keys[one.Index])).FirstOrDefault();
}

internal sealed class GroupKeyConverter : JsonConverter<GroupKey>
{
    public override GroupKey Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, GroupKey value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}
