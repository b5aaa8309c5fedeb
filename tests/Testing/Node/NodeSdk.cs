using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ensemble.Testing;

/// <summary>OpenAI's client for Node, in processes that run one task after the other and end with the tests.</summary>
public static class NodeSdk
{
    private const string End = """{"end":true}""";

    private static readonly ConcurrentBag<Process> Idle = [];

    /// <summary>Whether it can be run here; a test is skipped with <paramref name="reason"/> where it cannot.</summary>
    public static bool Available(out string reason)
    {
        reason = NodeFolder.Missing("openai");
        return reason.Length == 0;
    }

    /// <summary>Asks for a whole answer.</summary>
    /// <param name="request">The request's body as JSON, without <c>stream</c>.</param>
    /// <exception cref="InvalidOperationException">The script itself failed.</exception>
    public static Task<NodeResult> WholeAsync(
        Uri baseUrl,
        string apiKey,
        string request,
        int maxRetries = 0,
        IReadOnlyDictionary<string, string>? headers = null,
        CancellationToken cancellationToken = default) =>
        RunAsync("whole", baseUrl, apiKey, request, maxRetries, headers, null, cancellationToken);

    /// <inheritdoc cref="WholeAsync"/>
    /// <summary>Asks for a stream, and reads it to its end.</summary>
    public static Task<NodeResult> StreamAsync(
        Uri baseUrl,
        string apiKey,
        string request,
        int maxRetries = 0,
        IReadOnlyDictionary<string, string>? headers = null,
        CancellationToken cancellationToken = default) =>
        RunAsync("stream", baseUrl, apiKey, request, maxRetries, headers, null, cancellationToken);

    /// <inheritdoc cref="WholeAsync"/>
    /// <summary>Has the client's own helper put a stream together: an answer for each tool call that it reports as done.</summary>
    public static Task<NodeResult> CollectAsync(
        Uri baseUrl,
        string apiKey,
        string request,
        int maxRetries = 0,
        IReadOnlyDictionary<string, string>? headers = null,
        CancellationToken cancellationToken = default) =>
        RunAsync("collect", baseUrl, apiKey, request, maxRetries, headers, null, cancellationToken);

    /// <inheritdoc cref="WholeAsync"/>
    /// <summary>Asks for a stream, and leaves after the first content.</summary>
    public static Task<NodeResult> LeaveAsync(Uri baseUrl, string apiKey, string request, CancellationToken cancellationToken = default) =>
        RunAsync("leave", baseUrl, apiKey, request, 0, null, null, cancellationToken);

    /// <inheritdoc cref="WholeAsync"/>
    /// <summary>
    /// Asks twice: the second time with the first answer's message as the client gives it, a result for each of its tool calls, and one
    /// more question.
    /// </summary>
    /// <param name="streamed">Whether the client's own helper puts both answers together from streams.</param>
    /// <param name="then">The last message of the second request; null = none.</param>
    public static Task<NodeResult> HistoryAsync(
        Uri baseUrl, string apiKey, string request, bool streamed, string? then = null, CancellationToken cancellationToken = default) =>
        RunAsync(streamed ? "history-streamed" : "history", baseUrl, apiKey, request, 0, null, null, cancellationToken, then);

    /// <inheritdoc cref="WholeAsync"/>
    /// <summary>Asks with the client's own number of repeats, whose waits end as soon as they were heard of.</summary>
    /// <param name="onWait">Hears of each wait before it ends.</param>
    public static Task<NodeResult> RepeatAsync(
        Uri baseUrl, string apiKey, string request, bool streamed, Action<TimeSpan> onWait, CancellationToken cancellationToken = default) =>
        RunAsync(streamed ? "stream" : "whole", baseUrl, apiKey, request, null, null, onWait, cancellationToken);

    private static async Task<NodeResult> RunAsync(
        string mode,
        Uri baseUrl,
        string apiKey,
        string request,
        int? maxRetries,
        IReadOnlyDictionary<string, string>? headers,
        Action<TimeSpan>? onWait,
        CancellationToken cancellationToken,
        string? then = null)
    {
        var task = new JsonObject
        {
            ["baseURL"] = baseUrl.ToString(),
            ["apiKey"] = apiKey,
            ["mode"] = mode,
            ["request"] = JsonNode.Parse(request),
            ["maxRetries"] = maxRetries,
            ["headers"] = JsonSerializer.SerializeToNode(headers ?? new Dictionary<string, string>()),
            ["then"] = then is null ? new JsonArray() : new JsonArray(JsonNode.Parse(then)),
            ["pause"] = onWait is not null,
        };
        var process = Idle.TryTake(out var idle) ? idle : NodeFolder.Start("chat.mjs");
        try
        {
            var result = NodeResult.From(await RunAsync(process, task.ToJsonString(), onWait, cancellationToken));
            Idle.Add(process);
            return result;
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
            throw;
        }
    }

    private static async Task<IReadOnlyList<string>> RunAsync(Process process, string task, Action<TimeSpan>? onWait, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        await SayAsync(process, task, cancellationToken);
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line == End)
            {
                return lines;
            }

            if (onWait is not null && JsonElement.Parse(line).TryGetProperty("wait", out var wait))
            {
                onWait(TimeSpan.FromMilliseconds(wait.GetDouble()));
                await SayAsync(process, "", cancellationToken);
            }
            else
            {
                lines.Add(line);
            }
        }

        throw new InvalidOperationException($"chat.mjs ended: {await process.StandardError.ReadToEndAsync(cancellationToken)}");
    }

    private static async Task SayAsync(Process process, string line, CancellationToken cancellationToken)
    {
        await process.StandardInput.WriteLineAsync(line.AsMemory(), cancellationToken);
        await process.StandardInput.FlushAsync(cancellationToken);
    }
}
