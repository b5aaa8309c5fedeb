using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Ensemble.Load.Stub;

/// <summary>An upstream with a fixed latency and a constant answer, as cheap as Kestrel allows: one delegate, prebuilt bytes.</summary>
internal sealed class StubServer
{
    private readonly ConcurrentDictionary<string, StubModel?> _models = new(StringComparer.Ordinal);
    private readonly CallLog _log = new();

    public static async Task RunAsync(Uri url, CancellationToken stop)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Listen(IPAddress.Loopback, url.Port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        await using var app = builder.Build();
        app.Run(new StubServer().HandleAsync);
        await app.StartAsync(stop);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private Task HandleAsync(HttpContext context) => context.Request.Path.Value switch
    {
        Names.ChatPath => AnswerAsync(context),
        Names.ReadyPath => WriteAsync(context, "text/plain", "ready"u8.ToArray()),
        "/counts" => WriteAsync(context, "text/plain", Encoding.ASCII.GetBytes(_log.DescribeCounts())),
        "/events" => WriteAsync(context, "text/plain", Encoding.ASCII.GetBytes(_log.Describe(Number(context, "first"), Number(context, "end")))),
        _ => RefuseAsync(context, StatusCodes.Status404NotFound),
    };

    private async Task AnswerAsync(HttpContext context)
    {
        var arrived = Stopwatch.GetTimestamp();
        var request = await StubRequest.ReadAsync(context.Request.BodyReader, context.RequestAborted);
        var model = _models.GetOrAdd(request.Model, CreateModel);
        if (model is null)
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound);
            return;
        }

        if (model.IsJudge)
        {
            _log.OnJudgeAsked(request.Run, arrived);
        }

        if (model is { Ticks: { } ticks, Delay: { } interval } && request.Stream)
        {
            await ticks.WriteAsync(context.Response, interval);
            return;
        }

        if (model.Delay is { } delay)
        {
            await delay.WaitAsync(arrived);
        }

        // Stamped before the bytes leave: whoever waits for them cannot have known earlier.
        if (!model.IsJudge)
        {
            _log.OnPanelAnswer(request.Run, Stopwatch.GetTimestamp());
        }

        await (request.Stream
            ? WriteAsync(context, "text/event-stream", model.Stream)
            : WriteAsync(context, "application/json", model.Whole));
    }

    private static StubModel? CreateModel(string name) =>
        Names.TryReadModel(name, out var isJudge, out var milliseconds) ? new StubModel(name, isJudge, milliseconds) : null;

    private static int Number(HttpContext context, string name) =>
        int.Parse(context.Request.Query[name].ToString(), NumberStyles.None, CultureInfo.InvariantCulture);

    private static Task RefuseAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return WriteAsync(context, "application/json", """{"error":{"message":"The stub has no such model or door."}}"""u8.ToArray());
    }

    private static Task WriteAsync(HttpContext context, string contentType, byte[] body)
    {
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, 0, body.Length, context.RequestAborted);
    }
}
