using System.Diagnostics;

namespace Ensemble.Testing;

/// <summary>
/// A server from npm that imitates providers, written by others, in a process of its own on a free loopback port.
/// Its models are those of <c>tests/Node/mocks.mjs</c>.
/// </summary>
public sealed class MockServer : IAsyncDisposable
{
    /// <summary>Speaks OpenAI's and Anthropic's API; keyed by model.</summary>
    public const string AiMock = "aimock";

    /// <summary>Speaks OpenAI's API, and tells errors of streams within a 200.</summary>
    public const string MockLlm = "mock-llm";

    private readonly Process _process;

    private MockServer(Process process, Uri url)
    {
        _process = process;
        BaseUrl = new Uri(url, "v1");
    }

    /// <summary>The address of its version segment.</summary>
    public Uri BaseUrl { get; }

    /// <summary>Whether it can be run here; a test is skipped with <paramref name="reason"/> where it cannot.</summary>
    public static bool Available(string name, out string reason)
    {
        reason = NodeFolder.Missing(name == AiMock ? "@copilotkit/aimock" : "@dwmkerr/mock-llm");
        return reason.Length == 0;
    }

    /// <exception cref="InvalidOperationException">It ended before it listened.</exception>
    public static async Task<MockServer> StartAsync(string name, CancellationToken cancellationToken)
    {
        var process = NodeFolder.Start("mocks.mjs", name);
        return Uri.TryCreate(await process.StandardOutput.ReadLineAsync(cancellationToken), UriKind.Absolute, out var url)
            ? new MockServer(process, url)
            : throw new InvalidOperationException($"mocks.mjs {name}: {await process.StandardError.ReadToEndAsync(cancellationToken)}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
