using Ensemble.Catalog;
using Ensemble.Telemetry;
using Ensemble.Usage;
using Microsoft.Extensions.Logging;

namespace Ensemble.Gates;

/// <summary>
/// A <see cref="GateState"/> with its keeper's duties: the limits of the catalog that is served now, snapshots in the store, and leases
/// that got lost. Thread-safe. Where the store is out of reach the state lives in memory alone, and is saved when the store is back.
/// </summary>
public sealed partial class GateHost
{
    /// <summary>How often a keeper saves what has changed, and looks for lost leases: 1 s.</summary>
    public static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a process may take to report when it is asked to. One that is silent goes on with its pass until that ends.
    /// </summary>
    private static readonly TimeSpan ReportTimeout = TimeSpan.FromSeconds(1);

    /// <summary>How long another keeper is reckoned with after it was seen.</summary>
    private static readonly TimeSpan RivalTimeout = TimeSpan.FromMinutes(5);

    /// <summary>Tells what this keeper saved from what another one did.</summary>
    private readonly Guid _id = Guid.NewGuid();

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly GateState _state;
    private readonly ICatalog _catalog;
    private readonly IGateStore _store;
    private readonly ILogger _logger;
    private CatalogSnapshot? _configured;
    private long? _epoch;
    private bool _changed;
    private bool _storeUnavailable;

    /// <summary>Whether the store was told something and did not answer: that may still arrive, and is void under the next epoch.</summary>
    private bool _hasUnacknowledgedSave;
    private GateSnapshot? _saved;
    private long? _rivalSeenAt;
    private int _saving;
    private Task _revoking = Task.CompletedTask;

    private GateHost(
        GateKey key, GateState state, long? epoch, GateSnapshot? saved, ICatalog catalog, IGateStore store, TimeProvider time,
        ILogger logger)
    {
        Key = key;
        _time = time;
        _state = state;
        _epoch = epoch;
        _catalog = catalog;
        _store = store;
        _logger = logger;
        _storeUnavailable = _hasUnacknowledgedSave = epoch is null;
        _saved = saved;
    }

    public GateKey Key { get; }

    /// <summary>Takes the gate over from its owner before. Never throws: without the store the gate begins empty.</summary>
    public static async Task<GateHost> OpenAsync(GateKey key, ICatalog catalog, IGateStore store, TimeProvider time, ILogger logger)
    {
        StoredGate? stored = null;
        try
        {
            stored = await store.TakeOverAsync(key.ToString(), CancellationToken.None);
        }
        catch (Exception exception)
        {
            LogStoreUnavailable(logger, exception, key.ToString());
        }

        var limits = GateLimits.Of(catalog.Current, key) ?? GateLimits.None;
        var state = new GateState(key, limits, stored?.Epoch ?? 0, time, stored?.Snapshot ?? default);
        return new GateHost(key, state, stored?.Epoch, GateSnapshot.Read(stored?.Snapshot ?? default), catalog, store, time, logger);
    }

    public GateAdmission Acquire(GateRequest request)
    {
        lock (_lock)
        {
            Configure();
            var admission = _state.Acquire(request);
            _changed |= admission.Lease is not null;
            return admission;
        }
    }

    /// <summary>As <see cref="Acquire"/>, once the passes that are to end have come back.</summary>
    public async ValueTask<GateAdmission> AcquireAsync(GateRequest request)
    {
        await RevokeAsync();
        var admission = Acquire(request);
        if (admission.Refusal is null || RevokeAsync() is not { IsCompleted: false } returning)
        {
            return admission;
        }

        // What other processes were granted in bulk may be enough for it.
        await returning;
        return Acquire(request);
    }

    /// <summary>Takes in what a process did without asking, and says how it is to go on.</summary>
    public async ValueTask<GateGrant> ReportAsync(GateReport report, IGateClient holder)
    {
        Settle(report, holder);
        await RevokeAsync();
        lock (_lock)
        {
            return _state.Grant(report);
        }
    }

    public void Renew(IReadOnlyList<GateLease> leases)
    {
        lock (_lock)
        {
            foreach (var lease in leases)
            {
                _state.Renew(lease);
            }

            _changed = true;
        }
    }

    public void Release(GateLease lease, GateRelease release)
    {
        lock (_lock)
        {
            _state.Release(lease, release);
            _changed = true;
        }

        _ = RevokeAsync();
    }

    public GateRefusal? Refuse(long tokens)
    {
        lock (_lock)
        {
            Configure();
            return _state.Refuse(tokens);
        }
    }

    /// <summary>As <see cref="Status"/>, with what processes did without asking.</summary>
    public async ValueTask<GateStatus> StatusAsync()
    {
        IReadOnlyList<IGateClient> holders;
        lock (_lock)
        {
            holders = _state.Clients();
        }

        await Task.WhenAll(holders.Select(holder => AskAsync(holder, revokes: null)));
        return Status();
    }

    /// <summary>As <see cref="Refuse"/>, once what was granted in bulk has come back where that matters.</summary>
    public async ValueTask<GateRefusal?> RefuseAsync(long tokens)
    {
        var refusal = Refuse(tokens);
        if (refusal is null || RevokeAsync() is not { IsCompleted: false } returning)
        {
            return refusal;
        }

        await returning;
        return Refuse(tokens);
    }

    public GateStatus Status()
    {
        lock (_lock)
        {
            Configure();
            return _state.Status();
        }
    }

    /// <summary>Writes the usage events of leases that expired: their holder never reported what they took.</summary>
    public void ReportExpired(IUsageSink usage)
    {
        IReadOnlyList<GateLease> leases;
        lock (_lock)
        {
            leases = _state.TakeExpired();
            _changed |= leases.Count > 0;
        }

        foreach (var lost in leases)
        {
            LogLost(_logger, Key.ToString(), lost.Id);
            if (lost.Holder is not null)
            {
                usage.Append(UsageEvent.OfLost(lost));
            }
        }
    }

    private void Settle(GateReport report, IGateClient? holder)
    {
        lock (_lock)
        {
            Configure();
            _state.Settle(report, holder);
            _changed = true;
        }
    }

    /// <summary>Ends passes where that is due, and waits for those that end.</summary>
    private Task RevokeAsync()
    {
        lock (_lock)
        {
            Configure();
            if (_state.TakeRevoked() is { Count: > 0 } holders)
            {
                var number = _state.GrantNumber;
                _revoking = Task.WhenAll([.. holders.Select(holder => AskAsync(holder, number)), _revoking]);
            }

            return _revoking;
        }
    }

    private async Task AskAsync(IGateClient holder, long? revokes)
    {
        // Not while the state is locked.
        await Task.Yield();
        try
        {
            if (await holder.ReportAsync(Key, revokes).WaitAsync(ReportTimeout, _time) is { } report)
            {
                Settle(report, holder);
            }
        }
        catch (Exception exception)
        {
            LogNoReport(_logger, exception, Key);
        }
    }

    // A name that went out of the catalog keeps its last limits: runs that began before may still call it.
    private void Configure()
    {
        var catalog = _catalog.Current;
        if (!ReferenceEquals(_configured, catalog))
        {
            _configured = catalog;
            _state.Limits = GateLimits.Of(catalog, Key) ?? _state.Limits;
        }
    }

    [LoggerMessage(
        EventId = EventIds.GateStateNotStored, EventName = nameof(EventIds.GateStateNotStored), Level = LogLevel.Warning,
        Message = "The state of the gate {Gate} cannot be saved or loaded now; its limits hold in memory meanwhile. Check the database.")]
    private static partial void LogStoreUnavailable(ILogger logger, Exception exception, string gate);

    [LoggerMessage(
        EventId = EventIds.PassNotReported, EventName = nameof(EventIds.PassNotReported), Level = LogLevel.Information,
        Message = "A process did not report in time what it did at the gate {Gate}; its pass expires by itself.")]
    private static partial void LogNoReport(ILogger logger, Exception exception, GateKey gate);

    [LoggerMessage(
        EventId = EventIds.LeaseLost, EventName = nameof(EventIds.LeaseLost), Level = LogLevel.Warning,
        Message = "Lease {Lease} of the gate {Gate} expired: its holder never reported its end. Check whether a node was killed or cut "
            + "off.")]
    private static partial void LogLost(ILogger logger, string gate, Guid lease);
}
