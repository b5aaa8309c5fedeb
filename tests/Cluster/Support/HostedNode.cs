using Ensemble.Silo.Hosting;
using Microsoft.AspNetCore.Builder;

namespace Ensemble.Cluster.Tests.Support;

/// <summary>A node as the program puts it together, in this process.</summary>
internal sealed class HostedNode : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HostedNode(WebApplication app)
    {
        _app = app;
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null }) { BaseAddress = new Uri(app.Urls.First()) };
    }

    /// <summary>Sends no trace by itself.</summary>
    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    /// <param name="args">The command line.</param>
    public static async Task<HostedNode> StartAsync(params string[] args)
    {
        var app = NodeHost.Build([.. args, "--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "Error"]);
        try
        {
            await app.StartAsync(Now.Cancel);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new HostedNode(app);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
