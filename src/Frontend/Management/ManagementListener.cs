using System.Net.Sockets;
using System.Text;
using Ensemble.Frontend.Callers;
using Ensemble.Frontend.Hosting;
using Ensemble.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Ensemble.Frontend.Management;

/// <summary><c>/metrics</c>, on a listener of its own: what a scraper may see is nothing for callers.</summary>
internal sealed partial class ManagementListener(ManagementOptions options, Func<MetricStore> listen, ILogger<ManagementListener> logger)
    : IHostedLifecycleService, IAsyncDisposable
{
    // Where other machines are meant to reach it, it has whatever name they know it by.
    private readonly bool _isLocal = options.Url is { } url && ListenAddresses.IsLocal(url);

    private MetricStore? _store;
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

        _store = listen();
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
            _store?.Dispose();
            _store = null;
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

        _store?.Dispose();
    }

    // Nothing of the product's host is in it: no configuration that would move it, no log that would name its address as the product's.
    private WebApplication Build(string url)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(url).ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false);
        var app = builder.Build();
        app.Run(AnswerAsync);
        return app;
    }

    private Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path != "/metrics" || _store is not { } store)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        if (_isLocal && !LocalTrust.NamesThisMachine(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
            return Task.CompletedTask;
        }

        var isHead = HttpMethods.IsHead(context.Request.Method);
        if (!isHead && !HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = "GET, HEAD";
            return Task.CompletedTask;
        }

        var body = Encoding.UTF8.GetBytes(PrometheusText.Write(store));
        context.Response.ContentType = PrometheusText.ContentType;
        context.Response.ContentLength = body.Length;
        return isHead ? Task.CompletedTask : context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    [LoggerMessage(
        EventId = EventIds.MetricsNotServed, EventName = nameof(EventIds.MetricsNotServed), Level = LogLevel.Information,
        Message = "The page /metrics is not served: {Url} is taken. Give this process an address of its own with Management:Url, or "
            + "turn it off with none.")]
    private static partial void LogPortTaken(ILogger logger, string url);
}
