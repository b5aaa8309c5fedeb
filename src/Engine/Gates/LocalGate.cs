namespace Ensemble.Gates;

/// <summary>
/// What one process does at a gate, as a state machine without I/O: calls that its pass or its allowance lets through, and what is to be
/// reported of them. Times are in milliseconds of the process's <see cref="GateClock"/>. Not thread-safe.
/// </summary>
/// <param name="agent">Names the process to the gate's authority.</param>
internal sealed partial class LocalGate(GateKey key, Guid agent)
{
    /// <summary>A call that takes longer is reported as in flight: its gate says that it was lost where the process dies.</summary>
    private const long ReportAfter = 1000;

    /// <summary>How old a report of an allowance may be. It is looked at once a second, and not to the millisecond.</summary>
    private const long AllowanceInterval = 500;

    /// <summary>How long no allowance is asked for after one that was too small.</summary>
    private const long StarvationBackoff = 250;

    /// <summary>How many calls are asked for at least, where any are: they come back within a second.</summary>
    private const long MinWanted = 8;

    /// <summary>How old a report may be where there is something to say, or a call in flight that the gate knows of.</summary>
    private static readonly long ReportInterval = (long)(GateGrant.PassLifetime.TotalMilliseconds * 0.8);

    private readonly Dictionary<Guid, Call> _calls = [];
    private readonly List<GateEnd> _ended = [];
    private readonly List<GateLease> _repeated = [];
    private readonly List<(GateOutcome Outcome, long At)> _outcomes = [];
    private GateGrant? _grant;
    private long _grantExpires;
    private long _refusedUntil;
    private long _epoch;
    private long _revoked;
    private long _number;
    private long _reportedAt;
    private long _requests;
    private long _tokens;
    private long _debt;
    private int _reported;
    private bool _hasFailed;
    private bool _isUsed;

    /// <summary>The newest one that was granted, and what is left of it. Of slots it is how many calls may be in flight.</summary>
    private long _allowance;
    private GateUnits _remaining;

    private long _starvedUntil;
    private GateUnits _waiting;
    private long _recentCalls;
    private long _recentTokens;
    private int _recentMaxInFlight;
    private double _requestsASecond;
    private double _tokensASecond;

    public GateKey Key => key;

    /// <summary>What the catalog says; a change voids what was granted before.</summary>
    public GateLimits Limits { get; private set; } = GateLimits.None;

    /// <summary>Whether a failure waits to be reported: that is done at once, and nothing is let through until it is answered.</summary>
    public bool HasFailed => _hasFailed;

    /// <summary>
    /// Whether there is something that others may wait for, since little is left: units of an allowance that was taken back, calls that
    /// ended. It is reported at once.
    /// </summary>
    public bool IsAwaited => (_grant is null && (_remaining.Requests > 0 || _remaining.Tokens > 0))
        || (_ended.Count > 0 && Limits.HasRate && _grant?.Terms != GateTerms.Allowance);

    public void Configure(GateLimits limits)
    {
        if (limits != Limits)
        {
            Limits = limits;
            _grant = null;
        }
    }

    /// <returns>How a call is treated now; null where that is not known, and a report is to be sent first.</returns>
    public GateTerms? Terms(long now) => _grant is { } grant && now < _grantExpires ? grant.Terms : null;

    /// <summary>Whether an allowance that was asked for lately was too small: it is not asked for again for every call.</summary>
    public bool IsStarved(long now) => now < _starvedUntil;

    /// <summary>A call waits for an answer to the next report.</summary>
    public void AddWaiting(long tokens) => _waiting += new GateUnits(1, tokens, 1);

    /// <summary>What was granted was not enough for a call that waited for it.</summary>
    public void OnStarved(long now) => _starvedUntil = now + StarvationBackoff;

    /// <summary>A call was asked for one by one: it says how much would be used of an allowance.</summary>
    public void OnAdmitted(long tokens)
    {
        _recentCalls++;
        _recentTokens += tokens;
    }

    /// <summary>Lets a call through, where pass or allowance reach for it.</summary>
    public GateLease? TryBegin(GateRequest request, long now)
    {
        var terms = Terms(now);
        if (terms == GateTerms.Allowance ? !TrySpend(request.Tokens) : terms != GateTerms.Free)
        {
            return null;
        }

        var lease = new GateLease(key, request.Lease, _grant!.Epoch, now, request.Tokens, IsProbe: false, request.Holder);
        _calls[lease.Id] = new Call(lease, _grant.Number, terms == GateTerms.Allowance ? _allowance : 0, IsReported: false);
        _isUsed = true;
        _requests++;
        _recentMaxInFlight = Math.Max(_recentMaxInFlight, _calls.Count);
        OnAdmitted(request.Tokens);
        return lease;
    }

    /// <summary>Why no call is let through. Only while <see cref="Terms"/> is <see cref="GateTerms.Refused"/>.</summary>
    public GateRefusal Refusal(long now) => _grant!.Refusal! with { RetryAfter = TimeSpan.FromMilliseconds(_refusedUntil - now) };

    /// <returns>False where it is no call of a pass or an allowance.</returns>
    public bool TryEnd(GateLease lease, GateRelease release, long now)
    {
        if (!_calls.Remove(lease.Id, out var call))
        {
            return false;
        }

        if (call.IsReported)
        {
            _reported--;
            _ended.Add(new GateEnd(lease.Id, release.Tokens, release.IsUnused));
        }
        else
        {
            EndUnreported(call, release);
        }

        if (!release.IsUnused)
        {
            Add(new GateOutcome(release.Outcome, release.RetryAfter, call.Grant, default), now);
        }

        return true;
    }

    /// <param name="sentAt">When the report was sent that this answers.</param>
    public void Take(GateGrant grant, long sentAt, long now)
    {
        if (_epoch != grant.Epoch)
        {
            // The gate has moved: what it was told in its last moment it may have forgotten.
            _epoch = grant.Epoch;
            _repeated.AddRange(_calls.Values.Where(static call => call.IsReported).Select(static call => call.Lease));
        }

        if (grant.Terms == GateTerms.Allowance)
        {
            _remaining = (grant.Allowance == _allowance ? _remaining : new GateUnits(0, 0, _remaining.Slots)) + grant.Units;
            _allowance = grant.Allowance;
        }

        // What failed meanwhile may be what ends the pass, and an end overtakes what was granted before it.
        if (_hasFailed || grant.Number < _revoked)
        {
            return;
        }

        _grant = grant;
        _grantExpires = sentAt + (long)grant.Life.TotalMilliseconds;
        if (grant.Refusal?.RetryAfter is { } wait)
        {
            // A pause is over by the gate's clock: it counts from the answer, not from the question.
            _refusedUntil = now + (long)wait.TotalMilliseconds;
            _grantExpires = now + (long)grant.Life.TotalMilliseconds;
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

    private bool TrySpend(long tokens)
    {
        var rate = Limits.Rate!;
        var needed = new GateUnits((rate.Rpm ?? rate.Rpd) is null ? 0 : 1, rate.Tpm is null ? 0 : tokens, 0);
        if (_remaining.Requests < needed.Requests || _remaining.Tokens < needed.Tokens
            || (rate.Concurrency is not null && _calls.Count >= _remaining.Slots))
        {
            return false;
        }

        _remaining -= needed;
        return true;
    }

    /// <param name="Grant">The number of what let it through.</param>
    /// <param name="Allowance">What it was taken from; 0 = a pass.</param>
    private readonly record struct Call(GateLease Lease, long Grant, long Allowance, bool IsReported);
}
