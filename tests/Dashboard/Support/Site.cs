using Ensemble.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ensemble.Dashboard.Tests.Support;

/// <summary>The product with its simulated panel and a database in a folder of its own, behind a real listener on a free loopback port.</summary>
internal sealed class Site : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly DirectoryInfo _folder;

    private Site(WebApplication app, DirectoryInfo folder)
    {
        (_app, _folder) = (app, folder);
        Url = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Url };
    }

    public Uri Url { get; }

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    /// <param name="args">More options.</param>
    public static async Task<Site> StartAsync(params string[] args)
    {
        var folder = Directory.CreateTempSubdirectory("ensemble-dashboard-");
        var app = TestHost.Build(
            [
                "--urls", "http://127.0.0.1:0", "--Management:Url", "none", "--Usage:Log", "false",
                "--Storage:Provider", "sqlite", "--Storage:ConnectionString", $"Data Source={Path.Combine(folder.FullName, "ensemble.db")}", .. args,
            ],
            services => services.AddLogging(logging => logging.ClearProviders()));
        await app.StartAsync();
        return new Site(app, folder);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
