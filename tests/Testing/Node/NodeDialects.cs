using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ensemble.Testing;

/// <summary>Clients for Node of other APIs than chat completions, each in a process of its own: what <c>tests/Node/dialects.mjs</c> prints.</summary>
public static class NodeDialects
{
    /// <summary>Whether it can be run here; a test is skipped with <paramref name="reason"/> where it cannot.</summary>
    public static bool Available(out string reason)
    {
        string[] packages = ["openai", "@anthropic-ai/sdk", "ai", "@ai-sdk/openai", "@openai/agents"];
        reason = packages.Select(NodeFolder.Missing).FirstOrDefault(missing => missing.Length > 0) ?? "";
        return reason.Length == 0;
    }

    /// <param name="client"><c>openai</c>, <c>anthropic</c>, <c>ai</c> or <c>agents</c>.</param>
    /// <param name="mode">What is done with it.</param>
    /// <param name="baseUrl">With the version segment.</param>
    /// <param name="request">JSON.</param>
    /// <returns>The lines that it prints; of a failure the last one has <c>error</c>.</returns>
    /// <exception cref="InvalidOperationException">The script itself failed.</exception>
    public static async Task<IReadOnlyList<JsonElement>> RunAsync(
        string client, string mode, Uri baseUrl, string request, string apiKey = "any", int maxRetries = 0,
        CancellationToken cancellationToken = default)
    {
        var task = new JsonObject
        {
            ["client"] = client,
            ["mode"] = mode,
            ["baseURL"] = baseUrl.ToString(),
            ["apiKey"] = apiKey,
            ["request"] = JsonNode.Parse(request),
            ["maxRetries"] = maxRetries,
        };
        using var process = NodeFolder.Start("dialects.mjs");
        try
        {
            await process.StandardInput.WriteLineAsync(task.ToJsonString().AsMemory(), cancellationToken);
            await process.StandardInput.FlushAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            var lines = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0
                ? [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))]
                : throw new InvalidOperationException($"dialects.mjs: {await errors}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
