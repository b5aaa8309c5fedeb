namespace Ensemble.Gates;

/// <content>What a process may do without asking for each call.</content>
public sealed partial class GateState
{
    /// <summary>What a process may do from now on, after its report. The same report is answered the same.</summary>
    public GateGrant Grant(GateReport report)
    {
        var now = Advance();
        if (!_holders.TryGetValue(report.Agent, out var holder))
        {
            return Grant(GateTerms.PerCall, GateGrant.PerCallLifetime);
        }

        if (holder.Answered != report.Number)
        {
            holder.Answered = report.Number;
            holder.Answer = Grant(holder, report, now);
        }

        return holder.Answer!;
    }

    private GateGrant Grant(Holder holder, GateReport report, long now)
    {
        if (Limits.Cooldown is not null && _cooldown.IsTripped)
        {
            return _cooldown.Refuse(now) is { } refusal && _cooldown.Until > now
                ? Grant(GateTerms.Refused, refusal.RetryAfter < GateGrant.PassLifetime ? refusal.RetryAfter.Value : GateGrant.PassLifetime)
                    with
                { Refusal = refusal }
                : Grant(GateTerms.PerCall, GateGrant.PerCallLifetime);
        }

        if (!Limits.HasRate)
        {
            holder.PassUntil = now + PassLifetime;
            return Grant(GateTerms.Free, GateGrant.PassLifetime);
        }

        return GrantUnits(holder, report, now);
    }

    private GateGrant Grant(GateTerms terms, TimeSpan life) => new() { Terms = terms, Life = life, Epoch = _epoch, Number = _number };

    private GateGrant GrantUnits(Holder holder, GateReport report, long now)
    {
        var (free, isScarce) = Free();
        if (isScarce || now < _bulkFrom || report.Wanted.IsNone)
        {
            return Grant(GateTerms.PerCall, GateGrant.PerCallLifetime) with
            { Life = report.Wanted.IsNone ? TimeSpan.Zero : GateGrant.PerCallLifetime };
        }

        var rate = Limits.Rate!;
        var sharers = 2 * (_holders.Values.Count(other => other.AllowanceUntil > now) + (holder.AllowanceUntil > now ? 0 : 1));
        var share = new GateUnits(free.Requests / sharers, free.Tokens / sharers, free.Slots / sharers);
        var spare = holder.Outstanding with { Slots = holder.Slots - holder.Leases.Count };
        var added = GateUnits.Max(default, GateUnits.Min(report.Wanted, share) - spare);
        var total = spare + added;
        if (((rate.Rpm ?? rate.Rpd) is not null && total.Requests < 1) || (rate.Concurrency is not null && total.Slots < 1))
        {
            return Grant(GateTerms.PerCall, GateGrant.PerCallLifetime);
        }

        if (holder.AllowanceUntil <= now)
        {
            holder.Allowance = Math.Max(now, holder.Allowance + 1);
        }

        holder.AllowanceUntil = now + AllowanceLifetime;
        holder.ReportedSlots += added.Slots;
        Add(holder, added with { Slots = 0 });
        _nextAllowanceEnd = Math.Min(_nextAllowanceEnd, holder.AllowanceUntil);
        return Grant(GateTerms.Allowance, GateGrant.AllowanceLifetime) with { Allowance = holder.Allowance, Units = added };
    }

    /// <returns>What could be admitted now of what is limited, and whether it is less than 15 % of any limit.</returns>
    private (GateUnits Free, bool IsScarce) Free()
    {
        var rate = Limits.Rate!;
        var isScarce = false;
        var requests = Math.Min(
            Free(rate.Rpm, _requests.Total + _outstanding.Requests), Free(rate.Rpd, _daily.Total + _outstanding.Requests));
        var tokens = Free(rate.Tpm, _tokens.Total + _outstanding.Tokens);
        var places = Free(rate.Concurrency, Places);
        return (new GateUnits(OrZero(requests), OrZero(tokens), OrZero(places)), isScarce);

        long Free(long? limit, long used)
        {
            if (limit is not { } most)
            {
                return long.MaxValue;
            }

            isScarce |= (most - used) * 100 < most * 15;
            return Math.Max(0, most - used);
        }

        static long OrZero(long free) => free == long.MaxValue ? 0 : free;
    }
}
