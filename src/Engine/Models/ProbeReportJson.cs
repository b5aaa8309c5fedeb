using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ensemble.Models;

/// <summary>
/// Reports of probes as JSON, to be carried between processes. Unknown fields are passed over, so that a newer version's can be read.
/// </summary>
public static class ProbeReportJson
{
    public static byte[] Write(IReadOnlyList<ProbeReport> reports) =>
        JsonSerializer.SerializeToUtf8Bytes([.. reports], ProbeReportContext.Default.ProbeReportArray);

    /// <exception cref="JsonException">These are no reports.</exception>
    public static IReadOnlyList<ProbeReport> Read(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, ProbeReportContext.Default.ProbeReportArray) ?? throw new JsonException("The reports are null.");
}

[JsonSourceGenerationOptions(UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProbeReport[]))]
internal sealed partial class ProbeReportContext : JsonSerializerContext;
