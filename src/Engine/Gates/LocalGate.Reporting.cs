namespace Ensemble.Gates;

internal sealed partial class LocalGate
{
    /// <summary>Whether there is anything that has not been reported.</summary>
    public bool HasUnreported =>
        _hasFailed || _requests != 0 || _tokens != 0 || _ended.Count > 0 || _outcomes.Count > 0 || _remaining.Requests > 0
            || _remaining.Tokens > 0;

    /// <summary>Whether it is time for a report though nothing failed.</summary>
    public bool IsDue(long now)
    {
        if (_ended.Count > 0 || _repeated.Count > 0 || IsAwaited)
        {
            return true;
        }

        if (Limits.HasRate && now - _reportedAt >= AllowanceInterval
            && (_requests != 0 || _remaining.Requests > 0 || _remaining.Tokens > 0 || _remaining.Slots > _calls.Count))
        {
            return true;
        }

        if (_reported < _calls.Count && _calls.Values.Any(call => MustReport(call, now)))
        {
            return true;
        }

        // A pass that is in use is renewed before it ends; one that is not, ends.
        return now - _reportedAt >= ReportInterval
            && (_reported > 0 || _requests != 0 || _outcomes.Count > 0 || (_isUsed && _grant is { Terms: GateTerms.Free }));
    }

    /// <summary>What was done since the last report. It is not said again: it has to arrive.</summary>
    /// <param name="reportsAll">Whether every call in flight is told, also those that have just begun.</param>
    public GateReport Report(long now, bool reportsAll = false)
    {
        reportsAll |= Limits.HasRate;
        List<GateLease>? begun = null;
        foreach (var (id, call) in _calls)
        {
            if (!call.IsReported && (reportsAll || MustReport(call, now)))
            {
                (begun ??= []).Add(call.Lease);
                _calls[id] = call with { IsReported = true };
            }
        }

        _reported += begun?.Count ?? 0;
        var wanted = Wanted(now);
        var returned = Return(wanted, now);
        var report = new GateReport
        {
            Agent = agent,
            Number = ++_number,
            Allowance = _allowance,
            Requests = _requests,
            Tokens = _tokens,
            Debt = _debt,
            Returned = returned,
            Slots = _remaining.Slots,
            Wanted = wanted,
            Started = [.. begun ?? []],
            Repeated = [.. _repeated],
            Ended = [.. _ended],
            Outcomes = [.. _outcomes.Select(entry => entry.Outcome with { Age = TimeSpan.FromMilliseconds(now - entry.At) })],
        };
        (_requests, _tokens, _debt, _hasFailed, _isUsed, _reportedAt) = (0, 0, 0, false, false, now);
        (_waiting, _recentCalls, _recentTokens, _recentMaxInFlight) = (default, 0, 0, _calls.Count);
        _ended.Clear();
        _repeated.Clear();
        _outcomes.Clear();
        return report;
    }

    private static bool MustReport(Call call, long now) => !call.IsReported && now - call.Lease.AdmittedAt >= ReportAfter;

    private void EndUnreported(Call call, GateRelease release)
    {
        var held = call.Lease.Tokens;
        var isOfAllowance = call.Allowance != 0 && call.Allowance == _allowance;
        if (release.IsUnused && (isOfAllowance || call.Allowance == 0))
        {
            _requests--;
            _remaining += isOfAllowance
                ? new GateUnits((Limits.Rate?.Rpm ?? Limits.Rate?.Rpd) is null ? 0 : 1, Limits.Rate?.Tpm is null ? 0 : held, 0)
                : default;
            return;
        }

        // What an earlier allowance held for it has been counted as used.
        var used = release.IsUnused ? held : release.Tokens ?? held;
        used = isOfAllowance || call.Allowance == 0 ? used : Math.Max(used, held);
        _tokens += used;
        _debt += Math.Max(0, used - held);
        if (isOfAllowance && Limits.Rate?.Tpm is not null)
        {
            _remaining += new GateUnits(0, Math.Max(0, held - used), 0);
        }
    }

    /// <summary>What can be used until the next report: what was used lately, and a quarter more.</summary>
    private GateUnits Wanted(long now)
    {
        var seconds = Math.Max(0, now - _reportedAt) / 1000.0;
        var kept = Math.Max(0, 1 - seconds);
        _requestsASecond = (_requestsASecond * kept) + (_recentCalls / Math.Max(1, seconds));
        _tokensASecond = (_tokensASecond * kept) + (_recentTokens / Math.Max(1, seconds));
        if (!Limits.HasRate || (_recentCalls == 0 && _waiting.IsNone))
        {
            return default;
        }

        var requests = Math.Max(Math.Max((long)(_requestsASecond * 1.25), 2 * _waiting.Requests), MinWanted);
        var each = Math.Max(_recentTokens / Math.Max(1, _recentCalls), _waiting.Tokens / Math.Max(1, _waiting.Requests));
        return new GateUnits(
            requests,
            Math.Max((long)(_tokensASecond * 1.25), requests * each),
            Math.Max(Math.Max((long)(_recentMaxInFlight * 1.25) - _calls.Count, 2 * _waiting.Slots), MinWanted));
    }

    /// <summary>Keeps of the allowance what is wanted, where it is still good, and gives the rest back.</summary>
    private GateUnits Return(GateUnits wanted, long now)
    {
        var keeps = Terms(now) == GateTerms.Allowance ? wanted : default;
        var returned = GateUnits.Max(default, _remaining - keeps) with { Slots = 0 };
        _remaining = _remaining - returned with { Slots = 0 };
        _remaining = _remaining with { Slots = _calls.Count + Math.Clamp(_remaining.Slots - _calls.Count, 0, keeps.Slots) };
        return returned;
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
}
