using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ensemble.Usage;

/// <summary>
/// Manifests as JSON, to be carried and kept: every field, names included. What callers see of it is written elsewhere. Unknown fields are
/// passed over, so that a newer version's manifest can be read.
/// </summary>
public static class RunManifestJson
{
    public static byte[] Write(RunManifest manifest) =>
        JsonSerializer.SerializeToUtf8Bytes(manifest, RunManifestContext.Default.RunManifest);

    /// <exception cref="JsonException">It is no manifest.</exception>
    public static RunManifest Read(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, RunManifestContext.Default.RunManifest) ?? throw new JsonException("The manifest is null.");
}

[JsonSourceGenerationOptions(
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(RunIdConverter), typeof(UsageEventConverter)])]
[JsonSerializable(typeof(RunManifest))]
internal sealed partial class RunManifestContext : JsonSerializerContext;

internal sealed class RunIdConverter : JsonConverter<RunId>
{
    public override RunId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        RunId.TryParse(reader.Text(), out var run) ? run : throw new JsonException("This is not the name of a run.");

    public override void Write(Utf8JsonWriter writer, RunId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}
