using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Clients;

/// <summary>The mock servers that tests share; each runs from its first use on.</summary>
public sealed class MockServers : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<string, MockServer> _started = [];

    /// <summary>The server of that name; the running test is skipped where it cannot be run here.</summary>
    public async Task<MockServer> StartedAsync(string name)
    {
        Assert.SkipUnless(MockServer.Available(name, out var reason), reason);
        await _gate.WaitAsync(Now.Cancel);
        try
        {
            if (!_started.TryGetValue(name, out var server))
            {
                server = await MockServer.StartAsync(name, Now.Cancel);
                _started.Add(name, server);
            }

            return server;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _started.Values)
        {
            await server.DisposeAsync();
        }

        _gate.Dispose();
    }
}
