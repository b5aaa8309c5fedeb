using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Ensemble.Testing;

/// <summary>A collector of OpenTelemetry, on a free loopback port, that keeps the spans it is sent over HTTP.</summary>
public sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<OtlpSpan> _spans = new();
    private int _metrics;

    private Collector(WebApplication app) => _app = app;

    /// <summary>For <c>http/protobuf</c>.</summary>
    public string Url => _app.Urls.First();

    /// <summary>Exports of metrics that came.</summary>
    public int Metrics => Volatile.Read(ref _metrics);

    public static async Task<Collector> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var collector = new Collector(builder.Build());
        collector._app.Run(collector.TakeAsync);
        await collector._app.StartAsync(cancellationToken);
        return collector;
    }

    /// <summary>Of one trace: tests run side by side, and what is traced is the whole process.</summary>
    public IReadOnlyList<OtlpSpan> Of(string trace) => [.. _spans.Where(span => span.Trace == trace)];

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        if (context.Request.Path == "/v1/traces")
        {
            foreach (var span in OtlpSpan.Read(body.ToArray()))
            {
                _spans.Enqueue(span);
            }
        }
        else if (context.Request.Path == "/v1/metrics")
        {
            Interlocked.Increment(ref _metrics);
        }

        context.Response.ContentType = "application/x-protobuf";
    }
}
