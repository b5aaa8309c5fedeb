namespace Ensemble.Load.Failures;

/// <summary>One upstream call as the stub saw it. Times are ticks of the monotonic clock.</summary>
/// <param name="request">The number in the caller's message.</param>
internal sealed class StubCall(int request, string model, long arrived)
{
    private long _began;
    private long _ended;
    private int _state;

    public int Request => request;

    public string Model => model;

    public long Arrived => arrived;

    public bool IsJudge => model == Cast.Judge;

    /// <summary>When the first piece of the answer was written; 0 = not yet.</summary>
    public long Began => Volatile.Read(ref _began);

    /// <summary>When the last piece was, or the connection was found cut; 0 = not yet.</summary>
    public long Ended => Volatile.Read(ref _ended);

    /// <summary>Whether all of the answer was written.</summary>
    public bool IsWhole => Volatile.Read(ref _state) == 1;

    public void Begin(long now) => Interlocked.CompareExchange(ref _began, now, 0);

    public void End(long now, bool whole)
    {
        Volatile.Write(ref _state, whole ? 1 : 2);
        Volatile.Write(ref _ended, now);
    }

    public bool IsInFlightAt(long time) => arrived <= time && (Ended == 0 || Ended > time);
}
