using Ensemble.Frontend.Errors;
using Ensemble.Runs;
using Microsoft.AspNetCore.Http.Features;

namespace Ensemble.Frontend.Chat;

/// <summary>
/// Sends a run's events as server-sent events. Until the first byte of answer, or the commit time, an error is an HTTP
/// status; after it an error is an event, and the connection is aborted, so that no client takes a part for the whole.
/// </summary>
internal sealed class StreamedAnswer : IDisposable
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(10);

    private readonly HttpContext _context;
    private readonly ChunkWriter _chunks;
    private readonly AnswerFacts _facts = new();
    private readonly TimeSpan _commitAfter;

    // The timer writes while the reader waits for an event; both take this first.
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly ITimer _timer;
    private bool _committed;
    private bool _wroteSinceTick;
    private bool _ended;

    private StreamedAnswer(HttpContext context, RunRequest request, TimeSpan commitAfter, TimeProvider time)
    {
        _context = context;
        _commitAfter = commitAfter;
        _chunks = new ChunkWriter(context.Response.BodyWriter, request, time.GetUtcNow().ToUnixTimeSeconds());
        _timer = time.CreateTimer(static state => _ = ((StreamedAnswer)state!).OnTickAsync(), this, commitAfter, KeepAlive);
    }

    public static async Task WriteAsync(HttpContext context, RunRequest request, IAsyncEnumerable<RunEvent> events, TimeSpan commitAfter, TimeProvider time)
    {
        using var answer = new StreamedAnswer(context, request, commitAfter, time);
        await answer.WriteAsync(events);
    }

    public void Dispose()
    {
        _timer.Dispose();
        _chunks.Dispose();
        _writing.Dispose();
    }

    private async Task WriteAsync(IAsyncEnumerable<RunEvent> events)
    {
        await using var reader = events.GetAsyncEnumerator(_context.RequestAborted);
        while (true)
        {
            var next = reader.MoveNextAsync();
            if (!next.IsCompleted)
            {
                // Nothing more is here yet: what was written goes out. Pieces that came together go out together.
                await FlushAsync();
            }

            if (!await next)
            {
                throw new InvalidOperationException("The run ended without an end.");
            }

            await _writing.WaitAsync(_context.RequestAborted);
            try
            {
                if (await TakeAsync(reader.Current))
                {
                    return;
                }
            }
            finally
            {
                _writing.Release();
            }
        }
    }

    /// <returns>Whether that was the last event.</returns>
    private async ValueTask<bool> TakeAsync(RunEvent runEvent)
    {
        switch (runEvent)
        {
            case AnswerDelta delta:
                Commit();
                _chunks.Content(delta.Text);
                break;
            case ChoicesDelta delta:
                Commit();
                _chunks.Choices(delta.Choices.Span);
                break;
            case RunCompleted completed:
                _ended = true;
                Commit();
                _chunks.End(completed);
                await _context.Response.BodyWriter.FlushAsync(_context.RequestAborted);
                return true;
            case RunFailed failed:
                _ended = true;
                await FailAsync(ApiErrors.From(failed.Failure));
                return true;
            default:
                _facts.Take(runEvent);
                break;
        }

        _wroteSinceTick = true;
        return false;
    }

    private async ValueTask FailAsync(ApiError error)
    {
        if (!_committed)
        {
            _facts.WriteTo(_context.Response.Headers, totals: null);
            await ApiErrorWriter.WriteAsync(_context, error);
            return;
        }

        _chunks.Error(error);
        await BrokenConnection.AbortAfterFlushAsync(_context);
    }

    private void Commit()
    {
        if (_committed)
        {
            return;
        }

        _committed = true;
        var response = _context.Response;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";

        // Proxies of the nginx kind would hold a stream back to gather it.
        response.Headers["X-Accel-Buffering"] = "no";
        _facts.WriteTo(response.Headers, totals: null);
        _context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }

    private async ValueTask FlushAsync()
    {
        if (!_committed)
        {
            return;
        }

        await _writing.WaitAsync(_context.RequestAborted);
        try
        {
            await _context.Response.BodyWriter.FlushAsync(_context.RequestAborted);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task OnTickAsync()
    {
        try
        {
            await _writing.WaitAsync(_context.RequestAborted);
            try
            {
                if (_ended)
                {
                    return;
                }

                var isDue = !_committed || !_wroteSinceTick;
                Commit();
                _wroteSinceTick = false;
                if (isDue)
                {
                    _chunks.KeepAlive();
                    await _context.Response.BodyWriter.FlushAsync(_context.RequestAborted);
                }
            }
            finally
            {
                _writing.Release();
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or IOException)
        {
            // The caller left, or the answer ended at this moment.
        }
    }
}
