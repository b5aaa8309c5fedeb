namespace Ensemble.Gates;

public sealed partial class GateState
{
    /// <summary>All of it, for the next keeper: some hundred bytes, and about a hundred for each lease that is out.</summary>
    public byte[] Snapshot() => Content().Write();

    internal GateSnapshot Content()
    {
        var now = Advance();
        return new GateSnapshot
        {
            TakenAt = now,
            Requests = [.. _requests.Buckets()],
            Tokens = [.. _tokens.Buckets()],
            Daily = [.. _daily.Buckets()],
            Failures = _cooldown.Failures,
            Trips = _cooldown.Trips,
            CooldownUntil = _cooldown.Until,
            Cause = _cooldown.Cause,
            Leases =
            [
                .. _leases.Values.Select(held => (held.Lease, held.ExpiresAt)),
                .. _holders.Values.SelectMany(holder => holder.Leases.Values, (holder, call) => (call.Lease, holder.ExpiresAt)),
            ],
            Holders = [.. _holders.Select(static holder => holder.Value.Snapshot(holder.Key))],
            Burst = _leases.Values.Where(held => held.Order <= _lastFailure).Select(held => held.Lease.Id).ToHashSet(),
        };
    }

    /// <summary>
    /// Takes in what another keeper of the same gate, which took it over and lost it again, did meanwhile: what it left and what was done
    /// here count together.
    /// </summary>
    /// <param name="saved">What this keeper saved last, which the other one began with; null = nothing.</param>
    /// <param name="theirs">What the other one saved last.</param>
    internal void Merge(GateSnapshot? saved, GateSnapshot theirs)
    {
        Advance();
        Merge(_requests, saved?.Requests, theirs.Requests);
        Merge(_tokens, saved?.Tokens, theirs.Tokens);
        Merge(_daily, saved?.Daily, theirs.Daily);
        MergeHolders(theirs);
        MergeLeases(saved, theirs);
        MergeCooldown(saved, theirs);
    }

    private void Restore(GateSnapshot snapshot)
    {
        Restore(_requests, snapshot.Requests);
        Restore(_tokens, snapshot.Tokens);
        Restore(_daily, snapshot.Daily);
        Guid? probe = null;
        var ofHolders = RestoreHolders(snapshot);
        foreach (var (lease, expiresAt) in snapshot.Leases.Where(entry => !ofHolders.Contains(entry.Lease.Id)))
        {
            Hold(lease with { Gate = _key }, expiresAt, snapshot.Burst.Contains(lease.Id) ? _lastFailure : ++_order, isOwn: false);
            probe = lease.IsProbe ? lease.Id : probe;
        }

        _cooldown.Restore(snapshot.Failures, snapshot.Trips, snapshot.CooldownUntil, probe, snapshot.Cause);
    }

    private HashSet<Guid> RestoreHolders(GateSnapshot snapshot)
    {
        var leases = snapshot.Leases.ToDictionary(entry => entry.Lease.Id, entry => entry.Lease with { Gate = _key });
        var found = new HashSet<Guid>();
        foreach (var saved in snapshot.Holders)
        {
            var holder = _holders[saved.Agent] = Holder.Of(saved);
            foreach (var (lease, countedAt) in saved.Leases)
            {
                if (leases.TryGetValue(lease, out var call))
                {
                    holder.Leases[lease] = (call, countedAt);
                    found.Add(lease);
                }
            }

            _outstanding += holder.Outstanding;
            _nextExpiry = Math.Min(_nextExpiry, holder.ExpiresAt);
            _nextAllowanceEnd = Math.Min(_nextAllowanceEnd, holder.AllowanceUntil);
        }

        return found;
    }

    private static void Merge(
        SlidingWindow window, IReadOnlyList<(long Bucket, long Count)>? saved, IReadOnlyList<(long Bucket, long Count)> theirs)
    {
        foreach (var (bucket, count) in theirs)
        {
            window.Correct(bucket, count);
        }

        foreach (var (bucket, count) in saved ?? [])
        {
            window.Correct(bucket, -count);
        }
    }

    /// <summary>Processes that ask the other keeper are known from it alone.</summary>
    private void MergeHolders(GateSnapshot theirs)
    {
        foreach (var (agent, holder) in _holders.Where(static entry => entry.Value.Contact is null).ToArray())
        {
            Add(holder, default(GateUnits) - holder.Outstanding);
            _holders.Remove(agent);
        }

        RestoreHolders(theirs with { Holders = [.. theirs.Holders.Where(holder => !_holders.ContainsKey(holder.Agent))] });
    }

    private void MergeLeases(GateSnapshot? saved, GateSnapshot theirs)
    {
        var before = saved?.Leases.Select(static entry => entry.Lease.Id).ToHashSet() ?? [];
        var ofHolders = _holders.Values.SelectMany(static holder => holder.Leases.Keys).ToHashSet();
        foreach (var (lease, expiresAt) in theirs.Leases)
        {
            if (_leases.TryGetValue(lease.Id, out var held))
            {
                Hold(held.Lease, Math.Max(held.ExpiresAt, expiresAt), held.Order, held.IsOwn);
            }
            else if (!before.Contains(lease.Id) && !ofHolders.Contains(lease.Id))
            {
                Hold(lease with { Gate = _key }, expiresAt, ++_order, isOwn: false);
            }
        }

        // What the other one gave, and does not hold any more, has ended there.
        var there = theirs.Leases.Select(static entry => entry.Lease.Id).ToHashSet();
        foreach (var held in _leases.Values.Where(held => !held.IsOwn && !there.Contains(held.Lease.Id)).ToArray())
        {
            _leases.Remove(held.Lease.Id);
        }
    }

    private void MergeCooldown(GateSnapshot? saved, GateSnapshot theirs)
    {
        var there = (theirs.Failures, theirs.Trips, theirs.CooldownUntil);
        var before = saved is null ? default : (saved.Failures, saved.Trips, saved.CooldownUntil);
        var isAsBefore = (_cooldown.Failures, _cooldown.Trips, _cooldown.Until) == before;
        if (there == before || !(isAsBefore || theirs.CooldownUntil > _cooldown.Until))
        {
            return;
        }

        var wasTripped = _cooldown.IsTripped;
        _cooldown.Restore(theirs.Failures, theirs.Trips, theirs.CooldownUntil, _cooldown.Probe, theirs.Cause);
        if (_cooldown.IsTripped && !wasTripped)
        {
            Revoke();
        }
    }

    private static void Restore(SlidingWindow window, IReadOnlyList<(long Bucket, long Count)> buckets)
    {
        foreach (var (bucket, count) in buckets)
        {
            window.Restore(bucket, count);
        }
    }
}
