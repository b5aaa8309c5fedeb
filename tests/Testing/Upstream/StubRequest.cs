using System.Text.Json;

namespace Ensemble.Testing;

/// <summary>A request as a stubbed provider received it.</summary>
public sealed class StubRequest
{
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal StubRequest(
        byte[] body, JsonElement json, IReadOnlyDictionary<string, string> headers, string protocol, string path, string query, string connectionId)
    {
        Body = body;
        Json = json;
        Headers = headers;
        Protocol = protocol;
        Path = path;
        Query = query;
        ConnectionId = connectionId;
    }

    public byte[] Body { get; }

    /// <summary>The body; of kind <see cref="JsonValueKind.Undefined"/> where it is no JSON.</summary>
    public JsonElement Json { get; }

    /// <summary>By name, whatever its case; several values of one name are joined by a comma.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary><c>HTTP/1.1</c> or <c>HTTP/2</c>.</summary>
    public string Protocol { get; }

    public string Path { get; }

    /// <summary>With its question mark; empty where there is none.</summary>
    public string Query { get; }

    /// <summary>The same for requests that came over one connection.</summary>
    public string ConnectionId { get; }

    /// <summary>The deployment in the path, else the body's model; empty where neither names one.</summary>
    public string Model => Path.StartsWith(AzureRules.DeploymentsPath, StringComparison.Ordinal)
        ? Path[AzureRules.DeploymentsPath.Length..].Split('/')[0]
        : Field("model") is { ValueKind: JsonValueKind.String } model ? model.GetString()! : "";

    /// <summary>Whether vectors are asked for, and not an answer.</summary>
    public bool AsksForVectors => Path.EndsWith("/embeddings", StringComparison.Ordinal);

    /// <summary>The texts whose vectors are asked for; empty where there are none.</summary>
    public IReadOnlyList<string> Inputs => Field("input") switch
    {
        { ValueKind: JsonValueKind.String } text => [text.GetString()!],
        { ValueKind: JsonValueKind.Array } texts => [.. texts.EnumerateArray().Select(text => text.GetString()!)],
        _ => [],
    };

    public bool Stream => Field("stream")?.ValueKind == JsonValueKind.True;

    public bool IncludeUsage =>
        Field("stream_options") is { ValueKind: JsonValueKind.Object } options
        && options.TryGetProperty("include_usage", out var include)
        && include.ValueKind == JsonValueKind.True;

    /// <summary>Answers asked for.</summary>
    public int Choices => Field("n") is { ValueKind: JsonValueKind.Number } n && n.TryGetInt32(out var count) ? count : 1;

    /// <summary>Completes when the client goes away before it has the whole answer; never otherwise.</summary>
    public Task Aborted => _aborted.Task;

    /// <summary>Completes when the stub has done with this request, however it ended.</summary>
    public Task Completed => _completed.Task;

    /// <summary>A top-level field; null where it is absent.</summary>
    public JsonElement? Field(string name) =>
        Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty(name, out var value) ? value : null;

    internal void OnAborted() => _aborted.TrySetResult();

    internal void OnCompleted() => _completed.TrySetResult();
}
