using Ensemble.Catalog;
using Ensemble.Upstreams;

namespace Ensemble.Gates;

/// <summary>
/// Leaves a failing model alone: after so many failures in a row, or as long as its provider asks. When the pause is over, one
/// call goes through as a probe; its outcome begins a longer pause or ends the matter. Times are in milliseconds.
/// </summary>
internal sealed class CooldownState
{
    /// <summary>However long a provider asks to be left alone.</summary>
    private static readonly long MaxRetryAfter = (long)TimeSpan.FromDays(1).TotalMilliseconds;

    /// <summary>Failures in a row: each of a call that was admitted after the one before had failed, so that a burst counts once.</summary>
    public int Failures { get; private set; }

    /// <summary>Pauses in a row, each twice as long as the one before.</summary>
    public int Trips { get; private set; }

    /// <summary>The end of the pause; 0 = there is none, and the model is in use.</summary>
    public long Until { get; private set; }

    /// <summary>The call that decides, once the pause is over.</summary>
    public Guid? Probe { get; private set; }

    public CallOutcome Cause { get; private set; }

    public bool IsTripped => Until != 0;

    /// <summary>When the first of <see cref="Failures"/> came in.</summary>
    private long _rowBegan;

    /// <summary>When failures in a row began the pause; null where something else did, or there is none.</summary>
    private long? _trippedByRow;

    /// <returns>Null where a call may go through: as a probe, where <see cref="IsTripped"/>.</returns>
    public GateRefusal? Refuse(long now)
    {
        if (!IsTripped || (now >= Until && Probe is null))
        {
            return null;
        }

        var wait = now < Until ? TimeSpan.FromMilliseconds(Until - now) : GateRefusal.RetryInterval;
        return new GateRefusal(Cause == CallOutcome.AuthenticationFailed ? GateLimit.OperatorFault : GateLimit.Cooldown, 0, wait);
    }

    public void BeginProbe(Guid lease) => Probe = lease;

    /// <param name="isOfBurst">Whether the call was out already when the last failure that counts came in.</param>
    /// <returns>Whether it is a failure that counts: calls that are out now belong to its burst.</returns>
    public bool Record(Guid lease, CallOutcome outcome, TimeSpan? retryAfter, long now, CooldownConfig config, bool isOfBurst)
    {
        var verdict = Verdicts.Of(outcome);
        var asked = retryAfter is { } wait && wait > TimeSpan.Zero ? Math.Min((long)wait.TotalMilliseconds, MaxRetryAfter) : 0;
        var isProbe = Probe == lease;
        if (isProbe)
        {
            Probe = null;
        }

        if (IsTripped && !isProbe)
        {
            // Calls from before the pause tell nothing new, but for a provider that wants a longer one.
            if (verdict == Verdict.Failure && asked > 0)
            {
                Until = Math.Max(Until, now + asked);
            }

            return false;
        }

        var counts = verdict is Verdict.Failure or Verdict.OperatorFault && !isOfBurst;
        if (counts)
        {
            _rowBegan = Failures == 0 ? now : _rowBegan;
            Failures++;
        }

        switch (verdict)
        {
            case Verdict.Healthy:
                Clear();
                break;
            case Verdict.OperatorFault:
                Trip(outcome, asked, now, config);
                break;
            case Verdict.Failure:
                if (isProbe || asked > 0 || (counts && Failures >= config.AfterFailures))
                {
                    Trip(outcome, asked, now, config);
                    _trippedByRow = isProbe || asked > 0 ? null : now;
                }

                break;
        }

        return counts;
    }

    /// <summary>
    /// A success of which the gate is told late. Where it came between the failures, they were not in a row: what they began is
    /// taken back.
    /// </summary>
    /// <param name="at">When the call succeeded.</param>
    public void RecordEarlierSuccess(long at)
    {
        var isOfTheRow = Failures == 0 || at >= _rowBegan;
        if (isOfTheRow && (!IsTripped || at <= _trippedByRow))
        {
            Clear();
        }
    }

    /// <summary>The probe's lease is gone and nobody knows what became of it: the next call is the probe.</summary>
    public void Forget(Guid lease)
    {
        if (Probe == lease)
        {
            Probe = null;
        }
    }

    public void Restore(int failures, int trips, long until, Guid? probe, CallOutcome cause) =>
        (Failures, Trips, Until, Probe, Cause) = (failures, trips, until, probe, cause);

    private void Clear() => (Failures, Trips, Until, _trippedByRow) = (0, 0, 0, null);

    private void Trip(CallOutcome cause, long asked, long now, CooldownConfig config)
    {
        Cause = cause;
        _trippedByRow = null;
        if (asked > 0)
        {
            // The provider knows better than a guess that doubles.
            Until = now + asked;
            return;
        }

        Trips = Math.Min(Trips + 1, 32);
        var pause = Math.Min(config.Pause.TotalMilliseconds * Math.Pow(2, Trips - 1), config.MaxPause.TotalMilliseconds);
        Until = now + Math.Max(1, (long)pause);
    }
}
