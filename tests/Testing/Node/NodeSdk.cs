using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ensemble.Testing;

/// <summary>OpenAI's client for Node, run as its users run it: in a process of its own.</summary>
public static class NodeSdk
{
    private const string Solution = "Ensemble.Orleans.sln";

    private static readonly string? Folder = FindFolder();

    /// <summary>Whether it can be run here; a test is skipped with <paramref name="reason"/> where it cannot.</summary>
    public static bool Available(out string reason)
    {
        reason = Folder is null ? $"No folder above the tests holds {Solution}."
            : FindNode() is null ? "There is no Node on the PATH: install it with npm (https://nodejs.org)."
            : !Directory.Exists(Path.Combine(Folder, "node_modules", "openai")) ? "OpenAI's Node client is not installed: run 'npm ci' in tests/Node."
            : "";
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
        RunAsync("whole", baseUrl, apiKey, request, maxRetries, headers, cancellationToken);

    /// <inheritdoc cref="WholeAsync"/>
    /// <summary>Asks for a stream, and reads it to its end.</summary>
    public static Task<NodeResult> StreamAsync(
        Uri baseUrl,
        string apiKey,
        string request,
        int maxRetries = 0,
        IReadOnlyDictionary<string, string>? headers = null,
        CancellationToken cancellationToken = default) =>
        RunAsync("stream", baseUrl, apiKey, request, maxRetries, headers, cancellationToken);

    /// <inheritdoc cref="WholeAsync"/>
    /// <summary>Has the client's own helper put a stream together: an answer for each tool call that it reports as done.</summary>
    public static Task<NodeResult> CollectAsync(
        Uri baseUrl,
        string apiKey,
        string request,
        int maxRetries = 0,
        IReadOnlyDictionary<string, string>? headers = null,
        CancellationToken cancellationToken = default) =>
        RunAsync("collect", baseUrl, apiKey, request, maxRetries, headers, cancellationToken);

    private static async Task<NodeResult> RunAsync(
        string mode,
        Uri baseUrl,
        string apiKey,
        string request,
        int maxRetries,
        IReadOnlyDictionary<string, string>? headers,
        CancellationToken cancellationToken)
    {
        var arguments = new JsonObject
        {
            ["mode"] = mode,
            ["request"] = JsonNode.Parse(request),
            ["maxRetries"] = maxRetries,
            ["headers"] = JsonSerializer.SerializeToNode(headers ?? new Dictionary<string, string>()),
        };
        using var process = Start(baseUrl.ToString(), apiKey, arguments.ToJsonString());
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            var lines = (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return process.ExitCode == 0
                ? NodeResult.From(lines)
                : throw new InvalidOperationException($"chat.mjs ended with {process.ExitCode}: {await errors}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(FindNode() ?? "node")
        {
            WorkingDirectory = Folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.ArgumentList.Add("chat.mjs");
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // A proxy of this machine's must not stand between the client and a server on it.
        start.Environment["NO_PROXY"] = "127.0.0.1,localhost";
        return Process.Start(start)!;
    }

    private static string? FindNode()
    {
        var name = OperatingSystem.IsWindows() ? "node.exe" : "node";
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }

    private static string? FindFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Solution)))
            {
                return Path.Combine(folder.FullName, "tests", "Node");
            }
        }

        return null;
    }
}
