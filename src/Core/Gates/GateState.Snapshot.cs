namespace Ensemble.Gates;

public sealed partial class GateState
{
    /// <summary>All of it, for the next keeper: some hundred bytes, and about a hundred for each lease that is out.</summary>
    public byte[] Snapshot()
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
                .. _holders.Values.SelectMany(holder => holder.Leases.Values, (holder, lease) => (lease, holder.ExpiresAt)),
            ],
            Burst = _leases.Values.Where(held => held.Order <= _lastFailure).Select(held => held.Lease.Id).ToHashSet(),
        }.Write();
    }

    private void Restore(GateSnapshot snapshot)
    {
        Restore(_requests, snapshot.Requests);
        Restore(_tokens, snapshot.Tokens);
        Restore(_daily, snapshot.Daily);
        Guid? probe = null;
        foreach (var (lease, expiresAt) in snapshot.Leases)
        {
            Hold(lease with { Gate = _key }, expiresAt, snapshot.Burst.Contains(lease.Id) ? _lastFailure : ++_order);
            probe = lease.IsProbe ? lease.Id : probe;
        }

        _cooldown.Restore(snapshot.Failures, snapshot.Trips, snapshot.CooldownUntil, probe, snapshot.Cause);
    }

    private static void Restore(SlidingWindow window, IReadOnlyList<(long Bucket, long Count)> buckets)
    {
        foreach (var (bucket, count) in buckets)
        {
            window.Restore(bucket, count);
        }
    }
}
