using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;

namespace Ensemble.Load.Proxies;

/// <summary>
/// What calls of a single model are held against: YARP, a reverse proxy that passes requests on as they come. No keys, no limits, no usage.
/// </summary>
internal static class YarpProxy
{
    public const string Name = "YARP";

    private const string Id = "models";

    public static async Task RunAsync(string url, Uri stub, CancellationToken stop)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        var destinations = new Dictionary<string, DestinationConfig> { ["stub"] = new() { Address = stub.ToString() } };
        builder.Services.AddReverseProxy().LoadFromMemory(
            [new RouteConfig { RouteId = Id, ClusterId = Id, Match = new RouteMatch { Path = "/v1/{**rest}" } }],
            [new ClusterConfig { ClusterId = Id, Destinations = destinations }]);
        await using var app = builder.Build();
        app.MapGet(Names.ReadyPath, () => "ready");
        app.MapReverseProxy();
        await app.StartAsync(stop);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop).ContinueWith(_ => { }, TaskScheduler.Default);
    }
}
