using System.Collections.Concurrent;
using System.Globalization;

namespace Ensemble.Gates;

/// <summary>The gates of a single process. Holds the limit on calls in flight.</summary>
public sealed class InProcessGates : IGate
{
    // Never emptied: there are as many gates as the catalogs of this process's life have named models.
    private readonly ConcurrentDictionary<string, Gate> _gates = new(StringComparer.Ordinal);
    private long _lastLease;

    public ValueTask<GateAdmission> AcquireAsync(GateRequest request, CancellationToken cancellationToken)
    {
        var gate = _gates.GetOrAdd(request.Gate, static _ => new Gate());
        if (!gate.TryEnter(request.Limits?.Concurrency ?? int.MaxValue))
        {
            var limit = request.Limits!.Concurrency!.Value.ToString(CultureInfo.InvariantCulture);
            return new(GateAdmission.Refused(new GateRefusal($"{limit} calls are in flight, which is the limit", TimeSpan.FromSeconds(1))));
        }

        var lease = new GateLease(request.Gate, Interlocked.Increment(ref _lastLease));
        gate.Leases[lease.Id] = true;
        return new(GateAdmission.Admitted(lease));
    }

    /// <summary>Leases do not expire here: whoever holds one dies with this process.</summary>
    public ValueTask RenewAsync(IReadOnlyList<GateLease> leases, CancellationToken cancellationToken) => default;

    public ValueTask ReleaseAsync(GateLease lease, GateRelease release)
    {
        if (_gates.TryGetValue(lease.Gate, out var gate) && gate.Leases.TryRemove(lease.Id, out _))
        {
            gate.Leave();
        }

        return default;
    }

    private sealed class Gate
    {
        private int _inFlight;

        public ConcurrentDictionary<long, bool> Leases { get; } = new();

        public bool TryEnter(int limit)
        {
            var seen = Volatile.Read(ref _inFlight);
            while (seen < limit)
            {
                var before = Interlocked.CompareExchange(ref _inFlight, seen + 1, seen);
                if (before == seen)
                {
                    return true;
                }

                seen = before;
            }

            return false;
        }

        public void Leave() => Interlocked.Decrement(ref _inFlight);
    }
}
