namespace Ensemble.Gates;

/// <summary>
/// What one process does at a gate, as a state machine without I/O: calls that its pass lets through, and what is to be reported of
/// them. Times are in milliseconds of the process's <see cref="GateClock"/>. Not thread-safe.
/// </summary>
/// <param name="agent">Names the process to the gate's authority.</param>
internal sealed class HeldGate(GateKey key, Guid agent)
{
    /// <summary>A call that takes longer is reported as in flight: its gate says that it was lost where the process dies.</summary>
    private const long ToldAfter = 1000;

    /// <summary>How old a report may be where there is something to say, or a call in flight that the gate knows of.</summary>
    private static readonly long ReportInterval = (long)(GateGrant.PassLife.TotalMilliseconds * 0.8);

    private readonly Dictionary<Guid, Call> _calls = [];
    private readonly List<Guid> _ended = [];
    private readonly List<(GateOutcome Outcome, long At)> _outcomes = [];
    private GateGrant? _grant;
    private long _goodUntil;
    private long _refusedUntil;
    private long _epoch;
    private long _revoked;
    private long _number;
    private long _reportedAt;
    private int _requests;
    private long _tokens;
    private int _told;
    private bool _hasFailed;
    private bool _isUsed;

    public GateKey Key => key;

    /// <summary>What the catalog says; a change voids what was granted before.</summary>
    public GateLimits Limits { get; private set; } = GateLimits.None;

    public void Configure(GateLimits limits)
    {
        if (limits != Limits)
        {
            Limits = limits;
            _grant = null;
        }
    }

    /// <returns>How a call is treated now; null where that is not known, and a report is to be sent first.</returns>
    public GateTerms? Terms(long now) => _grant is { } grant && now < _goodUntil ? grant.Terms : null;

    /// <summary>Lets a call through. Only while <see cref="Terms"/> is <see cref="GateTerms.Free"/>.</summary>
    public GateLease Begin(GateRequest request, long now)
    {
        var lease = new GateLease(key, request.Lease, _grant!.Epoch, now, request.Tokens, IsProbe: false, request.Holder);
        _calls[lease.Id] = new Call(lease, _grant.Number, IsTold: false);
        _requests++;
        _isUsed = true;
        return lease;
    }

    /// <summary>Why no call is let through. Only while <see cref="Terms"/> is <see cref="GateTerms.Refused"/>.</summary>
    public GateRefusal Refusal(long now) => _grant!.Refusal! with { RetryAfter = TimeSpan.FromMilliseconds(_refusedUntil - now) };

    /// <returns>False where it is no call of a pass.</returns>
    public bool TryEnd(GateLease lease, GateRelease release, long now)
    {
        if (!_calls.Remove(lease.Id, out var call))
        {
            return false;
        }

        if (call.IsTold)
        {
            _told--;
            _ended.Add(lease.Id);
        }

        if (release.IsUnused)
        {
            _requests--;
            return true;
        }

        _tokens += release.Tokens ?? 0;
        Add(new GateOutcome(release.Outcome, release.RetryAfter, call.Grant, default), now);
        return true;
    }

    /// <summary>Whether a failure waits to be reported: that is done at once, and nothing is let through until it is answered.</summary>
    public bool HasFailed => _hasFailed;

    /// <summary>Whether there is anything that has not been reported.</summary>
    public bool HasNews => _hasFailed || _requests != 0 || _tokens != 0 || _ended.Count > 0 || _outcomes.Count > 0;

    /// <summary>Whether it is time for a report though nothing failed.</summary>
    public bool IsDue(long now)
    {
        if (_ended.Count > 0 || (_told < _calls.Count && _calls.Values.Any(call => IsToBeTold(call, now))))
        {
            return true;
        }

        // A pass that is in use is renewed before it ends; one that is not, ends.
        return now - _reportedAt >= ReportInterval && (_told > 0 || _requests != 0 || _outcomes.Count > 0 || (_isUsed && _grant is { Terms: GateTerms.Free }));
    }

    /// <summary>What was done since the last report. It is not said again: it has to arrive.</summary>
    /// <param name="tellsAll">Whether every call in flight is told, also those that have just begun.</param>
    public GateReport Report(long now, bool tellsAll = false)
    {
        List<GateLease>? begun = null;
        foreach (var (id, call) in _calls)
        {
            if (!call.IsTold && (tellsAll || IsToBeTold(call, now)))
            {
                (begun ??= []).Add(call.Lease);
                _calls[id] = call with { IsTold = true };
            }
        }

        _told += begun?.Count ?? 0;
        var report = new GateReport
        {
            Agent = agent,
            Number = ++_number,
            Requests = _requests,
            Tokens = _tokens,
            Begun = begun ?? [],
            Ended = [.. _ended],
            Outcomes = [.. _outcomes.Select(entry => entry.Outcome with { Age = TimeSpan.FromMilliseconds(now - entry.At) })],
        };
        (_requests, _tokens, _hasFailed, _isUsed, _reportedAt) = (0, 0, false, false, now);
        _ended.Clear();
        _outcomes.Clear();
        return report;
    }

    /// <param name="sentAt">When the report was sent that this answers.</param>
    public void Take(GateGrant grant, long sentAt, long now)
    {
        if (_epoch != grant.Epoch)
        {
            _epoch = grant.Epoch;
            Retell();
        }

        // What failed meanwhile may be what ends the pass, and an end overtakes what was granted before it.
        if (_hasFailed || grant.Number < _revoked)
        {
            return;
        }

        _grant = grant;
        _goodUntil = sentAt + (long)grant.Life.TotalMilliseconds;
        if (grant.Refusal?.RetryAfter is { } wait)
        {
            // A pause is over by the gate's clock: it counts from the answer, not from the question.
            _refusedUntil = now + (long)wait.TotalMilliseconds;
            _goodUntil = now + (long)grant.Life.TotalMilliseconds;
        }
    }

    /// <summary>Ends what was granted with a smaller number: the next call waits for the answer to a report.</summary>
    public void Revoke(long number)
    {
        _revoked = Math.Max(_revoked, number);
        if (_grant?.Number < _revoked)
        {
            _grant = null;
        }
    }

    private static bool IsToBeTold(Call call, long now) => !call.IsTold && now - call.Lease.AdmittedAt >= ToldAfter;

    // The gate has moved: what it was told in its last moment it may have forgotten.
    private void Retell()
    {
        foreach (var id in _calls.Keys)
        {
            _calls[id] = _calls[id] with { IsTold = false };
        }

        _told = 0;
    }

    private void Add(GateOutcome outcome, long now)
    {
        var verdict = Verdicts.Of(outcome.Outcome);
        if (verdict == Verdict.Neutral)
        {
            return;
        }

        if (verdict != Verdict.Healthy)
        {
            _hasFailed = true;
            _grant = null;
        }

        // Of those in a row that say the same, the last is enough.
        if (_outcomes is [.., var (last, _)] && last.Seen == outcome.Seen && last.RetryAfter == outcome.RetryAfter
            && (last.Outcome == outcome.Outcome || (verdict == Verdict.Healthy && Verdicts.Of(last.Outcome) == Verdict.Healthy)))
        {
            _outcomes[^1] = (outcome, now);
            return;
        }

        _outcomes.Add((outcome, now));
    }

    private readonly record struct Call(GateLease Lease, long Grant, bool IsTold);
}
