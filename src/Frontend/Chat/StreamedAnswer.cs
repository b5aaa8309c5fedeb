using Ensemble.Frontend.Errors;
using Ensemble.Runs;
using Microsoft.AspNetCore.Http.Features;

namespace Ensemble.Frontend.Chat;

/// <summary>
/// Sends a run's events as server-sent events. Until the first byte of answer, or the commit time, an error is an HTTP
/// status; after it an error is an event, and the answer is broken off, so that no client takes a part for the whole.
/// </summary>
internal sealed class StreamedAnswer : IAsyncDisposable
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(10);

    private readonly HttpContext _context;
    private readonly ChunkWriter _chunks;
    private readonly AnswerFacts _facts = new();
    private readonly TimeProvider _time;

    // The timer writes while the reader waits for an event; both take this first.
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly ITimer _timer;
    private readonly bool _showsNames;
    private bool _committed;
    private long _lastWrite;
    private bool _ended;

    private StreamedAnswer(HttpContext context, RunRequest request, TimeSpan commitAfter, bool showsNames, TimeProvider time)
    {
        _showsNames = showsNames;
        _context = context;
        _time = time;
        _chunks = new ChunkWriter(context.Response.BodyWriter, request, time.GetUtcNow().ToUnixTimeSeconds());
        _timer = time.CreateTimer(static state => _ = ((StreamedAnswer)state!).OnTickAsync(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(commitAfter, Timeout.InfiniteTimeSpan);
    }

    /// <param name="showsNames">Whether an error may name models.</param>
    public static async Task WriteAsync(
        HttpContext context, RunRequest request, IAsyncEnumerable<RunEvent> events, TimeSpan commitAfter, bool showsNames, TimeProvider time)
    {
        await using var answer = new StreamedAnswer(context, request, commitAfter, showsNames, time);
        await answer.WriteAsync(events);
    }

    /// <summary>After this the timer writes no more, so that the connection may go to another request.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await _writing.WaitAsync(CancellationToken.None);
        _ended = true;
        _writing.Release();
        _chunks.Dispose();
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
        _facts.BeginsAnew(runEvent);
        switch (runEvent)
        {
            case AnswerDelta delta:
                Commit();
                _chunks.Content(delta.Text);
                _lastWrite = _time.GetTimestamp();
                break;
            case ChoicesDelta delta:
                Commit();
                _chunks.Choices(delta);
                _lastWrite = _time.GetTimestamp();
                break;
            case RunCompleted completed:
                _ended = true;
                Commit();
                _chunks.End(completed);
                await _context.Response.BodyWriter.FlushAsync(_context.RequestAborted);
                return true;
            case RunFailed failed:
                _ended = true;
                await FailAsync(RunErrors.Of(_context.Request, failed.Failure, _showsNames));
                return true;
            default:
                _facts.Take(runEvent);
                break;
        }

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
        if (!HttpProtocol.IsHttp11(_context.Request.Protocol))
        {
            _chunks.Padding(BrokenAnswerException.Http2Padding);
        }

        await _context.Response.BodyWriter.FlushAsync(_context.RequestAborted);
        throw new BrokenAnswerException($"The run failed after its answer had begun: {error.Code}.");
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

                // One tick at the commit; then one whenever nothing was written for that long.
                var silence = _committed ? _time.GetElapsedTime(_lastWrite) : KeepAlive;
                if (silence >= KeepAlive)
                {
                    Commit();
                    _chunks.KeepAlive();
                    _lastWrite = _time.GetTimestamp();
                    silence = TimeSpan.Zero;
                    await _context.Response.BodyWriter.FlushAsync(_context.RequestAborted);
                }

                _timer.Change(KeepAlive - silence, Timeout.InfiniteTimeSpan);
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
