namespace Ensemble.Gates;

/// <summary>
/// One gate as a state machine without I/O: limits on requests, tokens and calls in flight, and for a model its cooldown.
/// The same in one process and inside a grain. Not thread-safe: its owner calls it from one thread at a time.
/// </summary>
/// <remarks>
/// Tokens are held when a lease is given and set right when it is released: what was held too much is given back to the moment
/// of admission, what was held too little counts from now on. Held tokens never exceed the limit.
/// </remarks>
public sealed partial class GateState
{
    /// <summary>Lost leases that are kept until they are asked for.</summary>
    private const int MaxExpired = 100_000;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly long LeaseLifetime = (long)GateLease.Lifetime.TotalMilliseconds;

    private readonly GateKey _key;
    private readonly long _epoch;
    private readonly long _restoredFrom;
    private readonly GateClock _clock;
    private readonly SlidingWindow _requests = new(Minute, TimeSpan.FromSeconds(1));
    private readonly SlidingWindow _tokens = new(Minute, TimeSpan.FromSeconds(1));
    private readonly SlidingWindow _daily = new(Day, TimeSpan.FromMinutes(10));
    private readonly CooldownState _cooldown = new();
    private readonly Dictionary<Guid, Held> _leases = [];
    private readonly HashSet<Guid> _ended = [];

    private List<GateLease> _expired = [];
    private long _nextExpiry = long.MaxValue;
    private long _order;

    /// <summary>How far admissions had come when the last failure that counts came in.</summary>
    private long _lastFailure;

    /// <param name="epoch">Of the present owner of this state; above that of every earlier owner.</param>
    /// <param name="snapshot">What the last keeper left, as <see cref="Snapshot"/> wrote it; empty, or of a version not known here =
    /// nothing.</param>
    public GateState(GateKey key, GateLimits limits, long epoch, TimeProvider time, ReadOnlyMemory<byte> snapshot = default)
    {
        _key = key;
        _epoch = epoch;
        Limits = limits;
        var content = GateSnapshot.Read(snapshot);
        _restoredFrom = content?.TakenAt ?? 0;
        _clock = new GateClock(time, _restoredFrom);
        var now = Advance();
        if (content is not null)
        {
            Restore(content);

            // What the earlier keeper granted in its last moment may not be in the snapshot.
            _bulkFrom = now + AllowanceLifetime;
        }

        _number = now;
    }

    /// <summary>What holds from now on; what has been counted stays counted.</summary>
    public GateLimits Limits
    {
        get;
        set
        {
            var before = field;
            field = value;
            if (value.HasRate && before is { HasRate: false })
            {
                Revoke();
            }
        }
    }

    /// <summary>Gives a lease, or says which limit is in the way. Asked again for a lease that is out, gives the same one.</summary>
    public GateAdmission Acquire(GateRequest request)
    {
        var now = Advance();
        if (_leases.TryGetValue(request.Lease, out var held))
        {
            return new(held.Lease, null, Quotas(now));
        }

        if (Refuse(request.Tokens, now) is { } refusal)
        {
            OnRefused(refusal, now);
            return new(null, refusal, Quotas(now));
        }

        var lease = new GateLease(_key, request.Lease, _epoch, now, request.Tokens, _cooldown.IsTripped, request.Holder);
        if (lease.IsProbe)
        {
            _cooldown.BeginProbe(lease.Id);
        }

        Count(lease);
        Hold(lease, now + LeaseLifetime, ++_order);
        return new(lease, null, Quotas(now));
    }

    /// <summary>What <see cref="Acquire"/> would be refused for now; gives and counts nothing.</summary>
    public GateRefusal? Refuse(long tokens)
    {
        var now = Advance();
        var refusal = Refuse(tokens, now);
        OnRefused(refusal, now);
        return refusal;
    }

    /// <summary>Keeps a lease for another <see cref="GateLease.Lifetime"/>. One that expired here stays expired.</summary>
    public void Renew(GateLease lease)
    {
        var now = Advance();
        if (Find(lease, now) is { } held)
        {
            Hold(held, now + LeaseLifetime, _leases[held.Id].Order);
        }
    }

    /// <summary>Takes a lease back. The second time, and after it has expired, this does nothing.</summary>
    public void Release(GateLease shown, GateRelease release)
    {
        var now = Advance();
        if (Find(shown, now) is not { } lease)
        {
            return;
        }

        var isOfBurst = _leases[lease.Id].Order <= _lastFailure;
        End(lease);
        if (release.IsUnused)
        {
            _requests.Add(lease.AdmittedAt, -1);
            _daily.Add(lease.AdmittedAt, -1);
            _tokens.Add(lease.AdmittedAt, -lease.Tokens);
            _cooldown.Forget(lease.Id);
            return;
        }

        if (release.Tokens is { } used)
        {
            _tokens.Add(used < lease.Tokens ? lease.AdmittedAt : now, used - lease.Tokens);
        }

        Record(lease.Id, release.Outcome, release.RetryAfter, now, isOfBurst);
    }

    public GateStatus Status()
    {
        var now = Advance();
        return new GateStatus(
            _key,
            Limits,
            _leases.Count + _holders.Values.Sum(static holder => holder.Leases.Count),
            _requests.Total,
            _tokens.Total,
            _daily.Total,
            _cooldown.Failures,
            _cooldown.IsTripped ? TimeSpan.FromMilliseconds(Math.Max(0, _cooldown.Until - now)) : null,
            _cooldown.IsTripped ? _cooldown.Cause : null);
    }

    private GateRefusal? Refuse(long tokens, long now)
    {
        if (Limits.Cooldown is not null && _cooldown.Refuse(now) is { } cooling)
        {
            return cooling;
        }

        if (Limits.Rate is not { } rate)
        {
            return null;
        }

        if (rate.Concurrency is { } concurrency && Places >= concurrency)
        {
            return new GateRefusal(GateLimit.Concurrency, concurrency, GateRefusal.RetryInterval);
        }

        return Refuse(GateLimit.Rpm, rate.Rpm, _requests, _outstanding.Requests, 1, now)
            ?? Refuse(GateLimit.Rpd, rate.Rpd, _daily, _outstanding.Requests, 1, now)
            ?? Refuse(GateLimit.Tpm, rate.Tpm, _tokens, _outstanding.Tokens, tokens, now);
    }

    private static GateRefusal? Refuse(
        GateLimit kind, long? limit, SlidingWindow window, long outstanding, long amount, long now) => limit switch
        {
            null => null,
            { } most when amount > most => new GateRefusal(kind, most, null),
            { } most when window.Total + outstanding + amount <= most => null,

            // What is outstanding comes back, or counts as used, within moments.
            { } most when outstanding > 0 && window.Total + amount <= most => new GateRefusal(kind, most, GateRefusal.RetryInterval),
            { } most => new GateRefusal(kind, most, TimeSpan.FromMilliseconds(window.TimeUntil(most - amount, now))),
        };

    private void OnRefused(GateRefusal? refusal, long now)
    {
        if (refusal is { RetryAfter: not null, Limit: GateLimit.Rpm or GateLimit.Rpd or GateLimit.Tpm or GateLimit.Concurrency })
        {
            BeginScarcity(now);
        }
    }

    private GateQuotas Quotas(long now) => Limits.Rate is not { } rate
        ? default
        : new(
            Quota(rate.Rpm, _requests, _outstanding.Requests, now) ?? Quota(rate.Rpd, _daily, _outstanding.Requests, now),
            Quota(rate.Tpm, _tokens, _outstanding.Tokens, now));

    private static GateQuota? Quota(long? limit, SlidingWindow window, long outstanding, long now) => limit is { } most
        ? new GateQuota(most, Math.Max(0, most - window.Total - outstanding), TimeSpan.FromMilliseconds(window.TimeUntilEmpty(now)))
        : null;

    /// <param name="Order">Grows with each admission.</param>
    /// <param name="IsOwn">Whether this keeper gave or renewed it.</param>
    private readonly record struct Held(GateLease Lease, long ExpiresAt, long Order, bool IsOwn);
}
