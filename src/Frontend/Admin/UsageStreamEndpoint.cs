using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Health;
using Ensemble.Frontend.Http;
using Ensemble.Usage;

namespace Ensemble.Frontend.Admin;

/// <summary>
/// <c>GET /admin/usage/stream</c>: sub-calls and runs as they end, as server-sent events. A watcher that is too slow is told how much it
/// did not see; nobody waits for one, and a process that stops does not either.
/// </summary>
internal sealed class UsageStreamEndpoint(UsageFeed feed, Drain drain, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private static readonly string[] Parameters = ["ensemble", "model", "caller"];

    public async Task WatchAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        var query = new LedgerQuery(context.Request.Query, Parameters, time.GetUtcNow());
        query.CheckNames();
        var watch = new UsageWatch { Ensemble = query.Text("ensemble"), Model = query.Text("model"), Caller = query.Text("caller") };
        if ((query.Error ?? Refusal()) is { } error)
        {
            await ApiErrorWriter.WriteAsync(context, error);
            return;
        }

        using var watcher = feed.TryWatch(watch);
        if (watcher is null)
        {
            await ApiErrorWriter.WriteAsync(context, AdminErrors.TooManyWatchers);
            return;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await CopyAsync(watcher, context.Response, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The watcher left, or this process stops: what it has seen is whole, and it may go on elsewhere.
        }
    }

    private ApiError? Refusal() => drain.IsDraining || lifetime.ApplicationStopping.IsCancellationRequested ? ApiErrors.Draining : null;

    private async Task CopyAsync(UsageWatcher watcher, HttpResponse response, CancellationToken end)
    {
        EventStream.Begin(response);
        var body = response.BodyWriter;
        UsageStreamWriter.KeepAlive(body);
        while (true)
        {
            var written = 0L;
            while (written < EventStream.FullFlush && watcher.TryTake(out var note))
            {
                written += UsageStreamWriter.Write(body, note);
            }

            await body.FlushAsync(end);
            if (written >= EventStream.FullFlush)
            {
                continue;
            }

            var waiting = watcher.WaitAsync(end).AsTask();
            while (!waiting.IsCompleted)
            {
                await EventStream.WaitAsync(waiting, EventStream.KeepAlive, time);
                if (!waiting.IsCompleted)
                {
                    UsageStreamWriter.KeepAlive(body);
                    await body.FlushAsync(end);
                }
            }

            if (!await waiting)
            {
                return;
            }
        }
    }
}
