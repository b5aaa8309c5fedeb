using Ensemble.Catalog;

namespace Ensemble.Gates;

/// <summary>A <see cref="GateState"/> that threads share, with what its saving needs.</summary>
/// <param name="epoch">Null = the store has not been asked yet.</param>
internal sealed class InProcessGate(GateKey key, GateState state, long? epoch)
{
    private readonly Lock _lock = new();
    private CatalogSnapshot? _configured;
    private bool _changed;
    private bool _givenUp;

    public GateKey Key => key;

    /// <summary>Touched only by whoever saves.</summary>
    public long? Epoch { get; set; } = epoch;

    public GateAdmission Acquire(GateRequest request, CatalogSnapshot catalog)
    {
        lock (_lock)
        {
            Configure(catalog);
            var admission = state.Acquire(request);
            _changed |= admission.Lease is not null;
            return admission;
        }
    }

    public void Renew(IReadOnlyList<GateLease> leases)
    {
        lock (_lock)
        {
            foreach (var lease in leases)
            {
                state.Renew(lease);
            }

            _changed = true;
        }
    }

    public void Release(GateLease lease, GateRelease release)
    {
        lock (_lock)
        {
            state.Release(lease, release);
            _changed = true;
        }
    }

    public GateRefusal? Refuse(long tokens, CatalogSnapshot catalog)
    {
        lock (_lock)
        {
            Configure(catalog);
            return state.Refuse(tokens);
        }
    }

    public GateStatus Status(CatalogSnapshot catalog)
    {
        lock (_lock)
        {
            Configure(catalog);
            return state.Status();
        }
    }

    public IReadOnlyList<GateLease> TakeLost()
    {
        lock (_lock)
        {
            var lost = state.TakeLost();
            _changed |= lost.Count > 0;
            return lost;
        }
    }

    /// <returns>Null where nothing has changed since the last one, or nobody may save it any more.</returns>
    public byte[]? TakeSnapshot()
    {
        lock (_lock)
        {
            if (!_changed || _givenUp)
            {
                return null;
            }

            _changed = false;
            return state.Snapshot();
        }
    }

    public void SaveAgain()
    {
        lock (_lock)
        {
            _changed = true;
        }
    }

    public void GiveUpSaving()
    {
        lock (_lock)
        {
            _givenUp = true;
        }
    }

    // A name that went out of the catalog keeps its last limits: runs that began before may still call it.
    private void Configure(CatalogSnapshot catalog)
    {
        if (!ReferenceEquals(_configured, catalog))
        {
            _configured = catalog;
            state.Limits = GateLimits.Of(catalog, key) ?? state.Limits;
        }
    }
}
