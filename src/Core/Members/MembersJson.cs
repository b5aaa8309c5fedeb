using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ensemble.Members;

/// <summary>
/// Reports as JSON, to be carried between processes and shown. Unknown fields are passed over, so that a newer version's report can be
/// read.
/// </summary>
public static class MembersJson
{
    public static byte[] Write(NodeReport report) => JsonSerializer.SerializeToUtf8Bytes(report, MembersContext.Default.NodeReport);

    public static byte[] Write(ClusterReport report) => JsonSerializer.SerializeToUtf8Bytes(report, MembersContext.Default.ClusterReport);

    public static void Write(Utf8JsonWriter json, ClusterReport report) =>
        JsonSerializer.Serialize(json, report, MembersContext.Default.ClusterReport);

    /// <exception cref="JsonException">It is no report.</exception>
    public static NodeReport ReadNode(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, MembersContext.Default.NodeReport) ?? throw new JsonException("The report is null.");

    /// <exception cref="JsonException">It is no report.</exception>
    public static ClusterReport ReadCluster(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, MembersContext.Default.ClusterReport) ?? throw new JsonException("The report is null.");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(NodeReport))]
[JsonSerializable(typeof(ClusterReport))]
internal sealed partial class MembersContext : JsonSerializerContext;
