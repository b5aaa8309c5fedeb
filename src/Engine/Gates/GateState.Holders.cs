using Ensemble.Upstreams;

namespace Ensemble.Gates;

public sealed partial class GateState
{
    private static readonly long PassLifetime = (long)GateGrant.PassLifetime.TotalMilliseconds;
    private static readonly long AllowanceLifetime = (long)GateGrant.AllowanceLifetime.TotalMilliseconds;

    /// <summary>How long nothing is granted in bulk after a request was refused.</summary>
    private static readonly long Scarcity = (long)TimeSpan.FromSeconds(5).TotalMilliseconds;

    /// <summary>Processes that were given something, or have calls in flight that they did not ask for.</summary>
    private readonly Dictionary<Guid, Holder> _holders = [];

    /// <summary>Of what is granted now. Above that of every earlier keeper, since it begins with the time.</summary>
    private long _number;

    private bool _revokes;

    /// <summary>What has been granted, and neither reported as used nor given back. It counts as used.</summary>
    private GateUnits _outstanding;

    /// <summary>When the next allowance ends, or an earlier moment.</summary>
    private long _nextAllowanceEnd = long.MaxValue;

    /// <summary>Nothing is granted in bulk before.</summary>
    private long _bulkFrom;

    /// <summary>What is granted is void, where its number is smaller, once it is taken back.</summary>
    public long GrantNumber => _number;

    internal GateUnits Outstanding => _outstanding;

    /// <summary>Calls in flight, and places that processes may fill without asking.</summary>
    internal long Places => _leases.Count + _holders.Values.Sum(static holder => holder.Slots);

    /// <summary>Takes in what a process did. A report that is known already changes nothing.</summary>
    /// <param name="contact">Who is asked for a report before its time; null = the one that was named before.</param>
    public void Settle(GateReport report, IGateClient? contact = null)
    {
        var now = Advance();
        if (!_holders.TryGetValue(report.Agent, out var holder))
        {
            _holders[report.Agent] = holder = new Holder();
        }

        holder.Contact = contact ?? holder.Contact;
        KeepAlive(holder, now);
        if (!holder.IsNew(report.Number))
        {
            return;
        }

        holder.IsAsked = false;
        SettleUnits(holder, report, now);
        SettleCalls(holder, report, now);

        // A report that was overtaken does not know what is kept now.
        if (holder.IsNewest(report.Number))
        {
            holder.ReportedSlots = report.Slots;
        }

        foreach (var outcome in report.Outcomes)
        {
            if (Verdicts.Of(outcome.Outcome) == Verdict.Healthy)
            {
                _cooldown.RecordEarlierSuccess(now - (long)outcome.Age.TotalMilliseconds);
            }
            else
            {
                // The process ends its pass with each failure, and waits for what its report is answered.
                holder.PassUntil = 0;
                Record(Guid.Empty, outcome.Outcome, outcome.RetryAfter, now, isOfBurst: outcome.Seen < _number);
            }
        }
    }

    /// <summary>
    /// The processes whose passes and allowances are to end now. Before anybody is refused, what they report is waited for.
    /// </summary>
    public IReadOnlyList<IGateClient> TakeRevoked()
    {
        if (!_revokes)
        {
            return [];
        }

        var now = Advance();
        _revokes = false;
        var revoked = new List<IGateClient>();
        foreach (var holder in _holders.Values)
        {
            if (holder.MayAdmit(now) && holder is { IsAsked: false, Contact: { } contact })
            {
                holder.PassUntil = 0;
                holder.IsAsked = true;
                revoked.Add(contact);
            }
        }

        return revoked;
    }

    /// <summary>The processes that may have done something that they have not reported yet.</summary>
    public IReadOnlyList<IGateClient> Clients() => [.. _holders.Values.Select(static holder => holder.Contact).OfType<IGateClient>()];

    /// <summary>Moves what was used of an allowance to now, and takes back what was returned.</summary>
    private void SettleUnits(Holder holder, GateReport report, long now)
    {
        var held = report.Started.Sum(static lease => lease.Tokens);
        if (report.Allowance != 0 && report.Allowance <= holder.EndedAllowance)
        {
            // All of it was counted as used when it ended.
            _tokens.Add(now, report.Debt);
            return;
        }

        _requests.Add(now, report.Requests);
        _daily.Add(now, report.Requests);
        _tokens.Add(now, report.Tokens + held);
        if (report.Allowance != 0 && report.Allowance == holder.Allowance)
        {
            var spent = new GateUnits(report.Requests, report.Tokens - report.Debt + held, 0) + (report.Returned with { Slots = 0 });
            Add(holder, GateUnits.Max(default, holder.Outstanding - spent) - holder.Outstanding);
        }
    }

    private void SettleCalls(Holder holder, GateReport report, long now)
    {
        var countedAt = report.Allowance != 0 && report.Allowance <= holder.EndedAllowance ? holder.EndedAt : now;
        foreach (var lease in report.Started)
        {
            if (holder.EndedEarly.Remove(lease.Id, out var end))
            {
                Correct(lease.Tokens, countedAt, end.Tokens, end.IsUnused, now);
            }
            else
            {
                holder.Leases[lease.Id] = (lease, countedAt);
            }
        }

        foreach (var lease in report.Repeated)
        {
            if (_leases.Remove(lease.Id, out var known))
            {
                holder.Leases[lease.Id] = (lease, known.Lease.AdmittedAt);
            }
            else if (holder.Leases.TryAdd(lease.Id, (lease, now)))
            {
                Count(lease with { AdmittedAt = now });
            }
        }

        foreach (var end in report.Ended)
        {
            if (holder.Leases.Remove(end.Lease, out var told))
            {
                Correct(told.Lease.Tokens, told.CountedAt, end.Tokens, end.IsUnused, now);
            }
            else if (_leases.Remove(end.Lease, out var known))
            {
                Correct(known.Lease.Tokens, known.Lease.AdmittedAt, end.Tokens, end.IsUnused, now);
            }
            else
            {
                holder.EndEarly(end);
            }
        }
    }

    /// <summary>Sets right what was counted for a call when it began.</summary>
    private void Correct(long held, long countedAt, long? used, bool isUnused, long now)
    {
        if (isUnused)
        {
            _requests.Add(countedAt, -1);
            _daily.Add(countedAt, -1);
            _tokens.Add(countedAt, -held);
        }
        else if (used is { } tokens)
        {
            _tokens.Add(tokens < held ? countedAt : now, tokens - held);
        }
    }

    private void Add(Holder holder, GateUnits units)
    {
        holder.Outstanding += units;
        _outstanding += units;
    }

    /// <summary>A request is about to be refused: from now on calls are asked for one by one, and what processes hold comes back.</summary>
    private void BeginScarcity(long now)
    {
        _bulkFrom = Math.Max(_bulkFrom, now + Scarcity);
        foreach (var holder in _holders.Values)
        {
            if (holder is { IsAsked: false, Contact: not null } && holder.MayAdmit(now))
            {
                Revoke();
                return;
            }
        }
    }

    private void Revoke()
    {
        _revokes = true;
        NextNumber(_clock.Now);
    }

    private void NextNumber(long now) => _number = Math.Max(now, _number + 1);

    private void Record(Guid lease, CallOutcome outcome, TimeSpan? retryAfter, long now, bool isOfBurst)
    {
        if (Limits.Cooldown is not { } cooldown)
        {
            return;
        }

        var wasTripped = _cooldown.IsTripped;
        if (_cooldown.Record(lease, outcome, retryAfter, now, cooldown, isOfBurst))
        {
            _lastFailure = _order;
            NextNumber(now);
        }

        if (_cooldown.IsTripped && !wasTripped)
        {
            Revoke();
        }
    }

    private void KeepAlive(Holder holder, long now)
    {
        holder.ExpiresAt = now + LeaseLifetime;
        _nextExpiry = Math.Min(_nextExpiry, holder.ExpiresAt);
    }

    /// <summary>What was left of allowances that have ended may have been used until then.</summary>
    private void EndAllowances(long now)
    {
        if (now < _nextAllowanceEnd)
        {
            return;
        }

        _nextAllowanceEnd = long.MaxValue;
        foreach (var holder in _holders.Values)
        {
            if (holder.AllowanceUntil > now)
            {
                _nextAllowanceEnd = Math.Min(_nextAllowanceEnd, holder.AllowanceUntil);
            }
            else if (holder.EndedAllowance < holder.Allowance)
            {
                _requests.Add(holder.AllowanceUntil, holder.Outstanding.Requests);
                _daily.Add(holder.AllowanceUntil, holder.Outstanding.Requests);
                _tokens.Add(holder.AllowanceUntil, holder.Outstanding.Tokens);
                Add(holder, default(GateUnits) - holder.Outstanding);
                (holder.EndedAllowance, holder.EndedAt) = (holder.Allowance, holder.AllowanceUntil);
            }
        }
    }

    private void ExpireHolders(long now)
    {
        foreach (var (agent, holder) in _holders)
        {
            if (holder.ExpiresAt > now)
            {
                _nextExpiry = Math.Min(_nextExpiry, holder.ExpiresAt);
                continue;
            }

            _holders.Remove(agent);
            foreach (var (lease, _) in holder.Leases.Values)
            {
                AddExpired(lease);
            }
        }
    }
}
