using Ensemble.Frontend.Dialects;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Http;
using Ensemble.Runs;

namespace Ensemble.Frontend.Chat;

/// <summary>
/// Sends a run's events as server-sent events. Until the first byte of answer, or the commit time, an error is an HTTP
/// status; after it an error is an event, and the answer is broken off, so that no client takes a part for the whole.
/// </summary>
internal sealed class StreamedAnswer : IDisposable
{
    private readonly HttpContext _context;
    private readonly IAnswerFormat _format;
    private readonly IAnswerStream _events;
    private readonly AnswerMetadata _facts = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _commitAfter;
    private readonly bool _showsNames;
    private bool _committed;
    private long _lastWrite;

    private StreamedAnswer(
        HttpContext context, RunRequest request, IAnswerFormat format, TimeSpan commitAfter, bool showsNames, TimeProvider time)
    {
        _format = format;
        _showsNames = showsNames;
        _context = context;
        _time = time;
        _commitAfter = commitAfter;
        _lastWrite = time.GetTimestamp();
        _events = format.OpenStream(context.Response.BodyWriter, request, time.GetUtcNow().ToUnixTimeSeconds());
    }

    /// <param name="format">How the answer is written.</param>
    /// <param name="showsNames">Whether an error may name models.</param>
    public static async Task WriteAsync(
        HttpContext context, RunRequest request, IAsyncEnumerable<RunEvent> events, IAnswerFormat format, TimeSpan commitAfter,
        bool showsNames, TimeProvider time)
    {
        using var answer = new StreamedAnswer(context, request, format, commitAfter, showsNames, time);
        await answer.WriteAsync(events);
    }

    public void Dispose() => _events.Dispose();

    private async Task WriteAsync(IAsyncEnumerable<RunEvent> events)
    {
        await using var reader = events.GetAsyncEnumerator(_context.RequestAborted);
        bool isThere;
        do
        {
            var next = reader.MoveNextAsync();
            if (next.IsCompleted)
            {
                // Pieces that came together go out together.
                isThere = await next;
                if (_committed && _context.Response.BodyWriter.UnflushedBytes >= EventStream.FullFlush)
                {
                    await FlushAsync();
                }
            }
            else
            {
                isThere = await WaitAsync(next.AsTask());
            }
        }
        while (isThere && !await TakeAsync(reader.Current));
        if (!isThere)
        {
            throw new InvalidOperationException("The run ended without an end.");
        }
    }

    /// <summary>Sends what was written, and comments while nothing comes.</summary>
    private async Task<bool> WaitAsync(Task<bool> next)
    {
        try
        {
            if (_committed)
            {
                await FlushAsync();
            }

            while (true)
            {
                var silence = _committed ? EventStream.KeepAlive : _commitAfter;
                await EventStream.WaitAsync(next, silence - _time.GetElapsedTime(_lastWrite), _time);
                if (next.IsCompleted)
                {
                    return await next;
                }

                Commit();
                _events.KeepAlive();
                _lastWrite = _time.GetTimestamp();
                await FlushAsync();
            }
        }
        catch (Exception) when (!next.IsCompleted)
        {
            // The caller left. Events may be let go of only when none is being waited for.
            _context.Abort();
            return await next;
        }
    }

    /// <returns>Whether that was the last event.</returns>
    private async ValueTask<bool> TakeAsync(RunEvent runEvent)
    {
        _facts.StartsIncarnation(runEvent);
        switch (runEvent)
        {
            case AnswerDelta delta:
                Commit();
                _events.Content(delta.Text);
                _lastWrite = _time.GetTimestamp();
                break;
            case ChoicesDelta delta:
                Commit();
                _events.Choices(delta);
                _lastWrite = _time.GetTimestamp();
                break;
            case RunCompleted completed:
                Commit();
                _events.End(completed);
                await FlushAsync();
                return true;
            case RunFailed failed:
                await FailAsync(_format.Describe(RunErrors.Of(_context.Request, failed.Failure, _showsNames)));
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

        _events.Error(error);
        if (!HttpProtocol.IsHttp11(_context.Request.Protocol))
        {
            EventStream.Pad(_context.Response.BodyWriter, AnswerAbortedException.Http2Padding);
        }

        await FlushAsync();
        throw new AnswerAbortedException($"The run failed after its answer had begun: {error.Code}.");
    }

    private void Commit()
    {
        if (_committed)
        {
            return;
        }

        _committed = true;
        _context.Response.Headers.CacheControl = "no-cache";
        EventStream.Begin(_context.Response);
        _facts.WriteTo(_context.Response.Headers, totals: null);
    }

    private async ValueTask FlushAsync() => await _context.Response.BodyWriter.FlushAsync(_context.RequestAborted);
}
