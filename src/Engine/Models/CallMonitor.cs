using Ensemble.Upstreams;

namespace Ensemble.Models;

/// <summary>
/// The clock of one call: until the first content all attempts share one time-out; after it only silence counts. Says
/// afterwards which of the limits ended the call.
/// </summary>
internal sealed class CallMonitor : ICallMonitor, IDisposable
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly TimeSpan _idleTimeout;
    private readonly CancellationToken _outer;
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _registration;
    private readonly long _started;
    private bool _hasContent;

    public CallMonitor(TimeSpan timeout, TimeSpan idleTimeout, TimeProvider time, CancellationToken outer)
    {
        _time = time;
        _timeout = timeout;
        _idleTimeout = idleTimeout;
        _outer = outer;
        _started = time.GetTimestamp();
        StartedAt = time.GetUtcNow();
        _source = new CancellationTokenSource(timeout, time);
        _registration = outer.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _source);
    }

    public CancellationToken Token => _source.Token;

    public DateTimeOffset StartedAt { get; }

    public TimeSpan Elapsed => _time.GetElapsedTime(_started);

    /// <summary>Time left before the call as a whole has failed.</summary>
    public TimeSpan Remaining => _timeout - Elapsed;

    public TimeSpan? FirstToken { get; private set; }

    /// <summary>A second attempt runs on the call's time again, though the first one had begun to answer.</summary>
    public void BeginAttempt()
    {
        if (_hasContent)
        {
            _hasContent = false;
            FirstToken = null;
            _source.CancelAfter(Remaining > TimeSpan.Zero ? Remaining : TimeSpan.Zero);
        }
    }

    public void OnBytes()
    {
        if (_hasContent)
        {
            _source.CancelAfter(_idleTimeout);
        }
    }

    public void OnFirstContent()
    {
        _hasContent = true;
        FirstToken ??= Elapsed;
        _source.CancelAfter(_idleTimeout);
    }

    /// <summary>What a cancelled call was cancelled by.</summary>
    public CallOutcome CancelledBy() =>
        _outer.IsCancellationRequested ? CallOutcome.Cancelled
        : !_source.IsCancellationRequested ? CallOutcome.Cancelled
        : _hasContent ? CallOutcome.Stalled
        : CallOutcome.TimedOut;

    public void Dispose()
    {
        _registration.Dispose();
        _source.Dispose();
    }
}
