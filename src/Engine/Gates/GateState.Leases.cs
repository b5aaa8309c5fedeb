namespace Ensemble.Gates;

public sealed partial class GateState
{
    /// <summary>
    /// Leases that expired since the last call: their holder died, or forgot them. Their place is free again; their tokens stay
    /// counted, for they may have been used.
    /// </summary>
    public IReadOnlyList<GateLease> TakeExpired()
    {
        Advance();
        if (_expired.Count == 0)
        {
            return [];
        }

        var lost = _expired;
        _expired = [];
        return lost;
    }

    /// <returns>
    /// The lease that somebody shows, where it is out, be it that an earlier keeper gave it after its last snapshot; null where it
    /// has ended.
    /// </returns>
    private GateLease? Find(GateLease shown, long now)
    {
        if (_leases.TryGetValue(shown.Id, out var held))
        {
            return held.Lease;
        }

        // What this keeper gave, or found in the snapshot, and does not hold any more has ended.
        if (shown.Epoch >= _epoch || shown.AdmittedAt <= _restoredFrom || _ended.Contains(shown.Id))
        {
            return null;
        }

        // The earlier keeper's clock may be ahead of this one.
        var lease = shown with { AdmittedAt = Math.Min(shown.AdmittedAt, now) };
        Count(lease);
        Hold(lease, now + LeaseLifetime, ++_order);
        return lease;
    }

    private void Count(GateLease lease)
    {
        _requests.Add(lease.AdmittedAt, 1);
        _daily.Add(lease.AdmittedAt, 1);
        _tokens.Add(lease.AdmittedAt, lease.Tokens);
    }

    private void Hold(GateLease lease, long expiresAt, long order, bool isOwn = true)
    {
        _leases[lease.Id] = new Held(lease, expiresAt, order, isOwn);
        _nextExpiry = Math.Min(_nextExpiry, expiresAt);
    }

    private void End(GateLease lease)
    {
        _leases.Remove(lease.Id);

        // Only these could come again as if they were unknown; they are as many as were given between a snapshot and a move.
        if (lease.Epoch < _epoch)
        {
            _ended.Add(lease.Id);
        }
    }

    private long Advance()
    {
        var now = _clock.Now;
        _requests.Advance(now);
        _tokens.Advance(now);
        _daily.Advance(now);
        EndAllowances(now);
        if (now >= _nextExpiry)
        {
            Expire(now);
        }

        return now;
    }

    private void Expire(long now)
    {
        _nextExpiry = long.MaxValue;
        foreach (var (lease, expiresAt, _, _) in _leases.Values.ToArray())
        {
            if (expiresAt > now)
            {
                _nextExpiry = Math.Min(_nextExpiry, expiresAt);
                continue;
            }

            End(lease);
            _cooldown.Forget(lease.Id);
            AddExpired(lease);
        }

        ExpireHolders(now);
    }

    private void AddExpired(GateLease lease)
    {
        if (_expired.Count < MaxExpired)
        {
            _expired.Add(lease);
        }
    }
}
