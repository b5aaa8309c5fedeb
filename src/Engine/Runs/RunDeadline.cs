namespace Ensemble.Runs;

/// <summary>Bounds a run: the time until something is shown, then the time of the answer itself.</summary>
internal sealed class RunDeadline : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _registration;
    private readonly CancellationToken _caller;
    private readonly TimeSpan _maxAnswer;

    /// <param name="untilShown">Longest time to the first byte that the caller sees.</param>
    /// <param name="maxAnswer">Longest time from that byte to the last.</param>
    /// <param name="caller">Cancelled where the answer is no longer wanted.</param>
    public RunDeadline(TimeSpan untilShown, TimeSpan maxAnswer, TimeProvider time, CancellationToken caller)
    {
        _maxAnswer = maxAnswer;
        _caller = caller;
        _source = new CancellationTokenSource(untilShown, time);
        _registration = caller.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _source);
    }

    /// <summary>Cancelled when the time is over, or the caller is gone.</summary>
    public CancellationToken Token => _source.Token;

    public bool IsOver => _source.IsCancellationRequested;

    /// <summary>Whether the answer is no longer wanted.</summary>
    public bool IsCancelled => _caller.IsCancellationRequested;

    /// <summary>Whether the time is over though somebody still waits.</summary>
    public bool HasPassed => IsOver && !IsCancelled;

    public void OnFirstOutput() => _source.CancelAfter(_maxAnswer);

    public void Dispose()
    {
        _registration.Dispose();
        _source.Dispose();
    }
}
