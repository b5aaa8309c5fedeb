using Ensemble.Upstreams;

namespace Ensemble.Gates;

public sealed partial class GateState
{
    private static readonly long PassLife = (long)GateGrant.PassLife.TotalMilliseconds;

    /// <summary>Processes that were given passes, or have calls in flight that they did not ask for.</summary>
    private readonly Dictionary<Guid, Holder> _holders = [];

    /// <summary>Of what is granted now. Above that of every earlier keeper, since it begins with the time.</summary>
    private long _number;

    private bool _revokes;

    /// <summary>Takes in what a process did. A report that is known already changes nothing.</summary>
    /// <param name="contact">Who is asked for a report before its time; null = whoever was named before.</param>
    public void Settle(GateReport report, IGateHolder? contact = null)
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

        _requests.Add(now, report.Requests);
        _daily.Add(now, report.Requests);
        _tokens.Add(now, report.Tokens);
        foreach (var lease in report.Begun)
        {
            // After a move it is known from the snapshot, without whose it is.
            _leases.Remove(lease.Id);
            holder.Leases[lease.Id] = lease;
        }

        foreach (var lease in report.Ended)
        {
            if (!holder.Leases.Remove(lease))
            {
                _leases.Remove(lease);
            }
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

    /// <summary>What a process may do from now on, after its report.</summary>
    public GateGrant Grant(Guid agent)
    {
        var now = Advance();
        var refusal = Limits.Cooldown is null ? null : _cooldown.Refuse(now);
        if (refusal is not null && _cooldown.Until > now)
        {
            return new GateGrant
            {
                Terms = GateTerms.Refused,
                Life = refusal.RetryAfter < GateGrant.PassLife ? refusal.RetryAfter.Value : GateGrant.PassLife,
                Epoch = _epoch,
                Number = _number,
                Refusal = refusal,
            };
        }

        var isFree = !Limits.HasRate && (Limits.Cooldown is null || !_cooldown.IsTripped);
        if (isFree && _holders.TryGetValue(agent, out var holder))
        {
            holder.PassUntil = now + PassLife;
        }

        return new GateGrant
        {
            Terms = isFree ? GateTerms.Free : GateTerms.OneByOne,
            Life = isFree ? GateGrant.PassLife : GateGrant.OneByOneLife,
            Epoch = _epoch,
            Number = _number,
        };
    }

    /// <summary>Passes of a smaller number are void once they are taken back.</summary>
    public long GrantNumber => _number;

    /// <summary>The processes whose passes are to end now. Each is named once; before anybody is refused, what they report is waited for.</summary>
    public IReadOnlyList<IGateHolder> TakeRevoked()
    {
        if (!_revokes)
        {
            return [];
        }

        var now = Advance();
        _revokes = false;
        var revoked = new List<IGateHolder>();
        foreach (var holder in _holders.Values)
        {
            if (holder.PassUntil > now && holder.Contact is { } contact)
            {
                holder.PassUntil = 0;
                revoked.Add(contact);
            }
        }

        return revoked;
    }

    /// <summary>The processes that may have done something that they have not reported yet.</summary>
    public IReadOnlyList<IGateHolder> Contacts() => [.. _holders.Values.Select(static holder => holder.Contact).OfType<IGateHolder>()];

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
            foreach (var lease in holder.Leases.Values)
            {
                AddLost(lease);
            }
        }
    }

    private sealed class Holder
    {
        private long _newest;

        /// <summary>Bit n: the report before the newest by n has been seen.</summary>
        private ulong _seen;

        public Dictionary<Guid, GateLease> Leases { get; } = [];

        public IGateHolder? Contact { get; set; }

        /// <summary>When it counts as dead unless it reports before.</summary>
        public long ExpiresAt { get; set; }

        public long PassUntil { get; set; }

        public bool IsNew(long number)
        {
            if (number > _newest)
            {
                var shift = number - _newest;
                _seen = (shift < 64 ? _seen << (int)shift : 0) | 1;
                _newest = number;
                return true;
            }

            var bit = _newest - number;
            if (bit >= 64 || (_seen & (1UL << (int)bit)) != 0)
            {
                return false;
            }

            _seen |= 1UL << (int)bit;
            return true;
        }
    }
}
