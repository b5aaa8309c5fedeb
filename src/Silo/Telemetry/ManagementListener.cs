using System.Net.Sockets;
using Ensemble.Frontend.Callers;
using Ensemble.Frontend.Options;
using Ensemble.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using OpenTelemetry.Metrics;

namespace Ensemble.Silo.Telemetry;

/// <summary><c>/metrics</c>, on a listener of its own: what a scraper may see is nothing for callers.</summary>
/// <param name="meters">What it shows; null where it does not listen.</param>
internal sealed partial class ManagementListener(ManagementOptions options, MeterProvider? meters, ILogger<ManagementListener> logger)
    : IHostedLifecycleService, IAsyncDisposable
{
    // Where other machines are meant to reach it, it has whatever name they know it by.
    private readonly bool _isLocal = options.Url is { } url && ListenAddresses.IsLocal(url);

    private WebApplication? _app;

    /// <summary>Where it listens; null where it does not.</summary>
    public string? Address =>
        _app?.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();

    /// <summary>
    /// Before anything else starts: what goes up and down is counted from its beginning, and where the address is taken no silo has to stop
    /// that has just joined its cluster.
    /// </summary>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (options.Url is not { } url)
        {
            return;
        }

        var app = Build(url);
        try
        {
            await app.StartAsync(cancellationToken);
            _app = app;
        }
        catch (Exception exception)
            when (exception is IOException or SocketException or AddressInUseException
            or FormatException or ArgumentException or InvalidOperationException)
        {
            await app.DisposeAsync();
            if (options.IsChosen)
            {
                throw new StartupException(
                    $"option {ManagementOptions.Option}: cannot listen on '{url}': {exception.Message} Choose another address, or none.");
            }

            LogPortTaken(logger, url);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_app is { } app)
        {
            await app.StopAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            await app.DisposeAsync();
        }
    }

    // Nothing of the product's host is in it: no configuration that would move it, no log that would name its address as the product's.
    private WebApplication Build(string url)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(url).ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false);
        var app = builder.Build();
        app.Use(AnswerAsync);
        app.UseOpenTelemetryPrometheusScrapingEndpoint(meters, static _ => true, null, null, null);
        return app;
    }

    private Task AnswerAsync(HttpContext context, RequestDelegate scrape)
    {
        var request = context.Request;
        if (request.Path != "/metrics")
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        else if (_isLocal && !LocalTrust.NamesThisMachine(request))
        {
            context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
        }
        else if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = "GET, HEAD";
        }
        else
        {
            // One format for all, the text of Prometheus: OpenMetrics would have a further series for each counter and histogram.
            request.Headers.Accept = default;
            return scrape(context);
        }

        return Task.CompletedTask;
    }

    [LoggerMessage(
        EventId = EventIds.MetricsNotServed, EventName = nameof(EventIds.MetricsNotServed), Level = LogLevel.Information,
        Message = "The page /metrics is not served: {Url} is taken. Give this process an address of its own with Management:Url, or "
            + "turn it off with none.")]
    private static partial void LogPortTaken(ILogger logger, string url);
}
