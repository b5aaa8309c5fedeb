using System.Collections.Concurrent;
using Ensemble.Catalog;
using Ensemble.Usage;
using Microsoft.Extensions.Logging;

namespace Ensemble.Gates;

/// <summary>
/// The gates of a single process. Their limits are those of the catalog that is served now; their states are saved every
/// <see cref="SaveInterval"/>, so that a restart forgets at most the last second.
/// </summary>
public sealed partial class InProcessGates : IGate, IAsyncDisposable
{
    /// <summary>How often changed states are saved, and leases that got lost are looked for: 1 s.</summary>
    public static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(1);

    // Never emptied: there are as many gates as the catalogs of this process's life have had names.
    private readonly ConcurrentDictionary<GateKey, Task<InProcessGate>> _gates = new();
    private readonly SemaphoreSlim _saving = new(1, 1);
    private readonly ICatalog _catalog;
    private readonly TimeProvider _time;
    private readonly IGateStore _store;
    private readonly IUsageSink _usage;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private bool _storeIsAway;

    public InProcessGates(ICatalog catalog, TimeProvider time, IGateStore store, IUsageSink usage, ILogger<InProcessGates> logger)
    {
        _catalog = catalog;
        _time = time;
        _store = store;
        _usage = usage;
        _logger = logger;
        _timer = time.CreateTimer(static state => _ = ((InProcessGates)state!).SaveAsync(), this, SaveInterval, SaveInterval);
    }

    public async ValueTask<GateAdmission> AcquireAsync(GateRequest request, CancellationToken cancellationToken) =>
        (await OpenAsync(request.Gate)).Acquire(request, _catalog.Current);

    public async ValueTask RenewAsync(GateKey gate, IReadOnlyList<GateLease> leases, CancellationToken cancellationToken) =>
        (await OpenAsync(gate)).Renew(leases);

    public async ValueTask ReleaseAsync(GateLease lease, GateRelease release) => (await OpenAsync(lease.Gate)).Release(lease, release);

    public async ValueTask<GateRefusal?> RefusalAsync(GateKey gate, long tokens, CancellationToken cancellationToken) =>
        (await OpenAsync(gate)).Refuse(tokens, _catalog.Current);

    public async ValueTask<GateStatus> StatusAsync(GateKey gate, CancellationToken cancellationToken) =>
        (await OpenAsync(gate)).Status(_catalog.Current);

    /// <summary>Saves what has changed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await SaveAsync();
    }

    private Task<InProcessGate> OpenAsync(GateKey key)
    {
        if (_gates.TryGetValue(key, out var known))
        {
            return known;
        }

        // Whoever comes first loads, and the others wait for that: two keepers of one gate would each admit its whole limit.
        var opening = new TaskCompletionSource<InProcessGate>(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = _gates.GetOrAdd(key, opening.Task);
        return gate == opening.Task ? LoadAsync(key, opening) : gate;
    }

    private async Task<InProcessGate> LoadAsync(GateKey key, TaskCompletionSource<InProcessGate> opening)
    {
        StoredGate? stored = null;
        try
        {
            stored = await _store.TakeOverAsync(key.ToString(), CancellationToken.None);
        }
        catch (Exception exception)
        {
            ReportStore(exception);
        }

        var state = new GateState(key, GateLimits.Of(_catalog.Current, key) ?? GateLimits.None, stored?.Epoch ?? 0, _time, stored?.Snapshot ?? default);
        var gate = new InProcessGate(key, state, stored?.Epoch);
        opening.SetResult(gate);
        return gate;
    }

    private async Task SaveAsync()
    {
        await _saving.WaitAsync();
        try
        {
            foreach (var gate in _gates.Values)
            {
                if (gate.IsCompletedSuccessfully)
                {
                    await SaveAsync(await gate);
                }
            }
        }
        finally
        {
            _saving.Release();
        }
    }

    private async Task SaveAsync(InProcessGate gate)
    {
        foreach (var lost in gate.TakeLost())
        {
            LogLost(_logger, gate.Key.ToString(), lost.Id);
            if (lost.Holder is not null)
            {
                _usage.Append(UsageEvent.OfLost(lost));
            }
        }

        if (gate.TakeSnapshot() is not { } snapshot)
        {
            return;
        }

        try
        {
            // The store was away when the gate was opened: what it has is older than what happened since.
            gate.Epoch ??= (await _store.TakeOverAsync(gate.Key.ToString(), CancellationToken.None)).Epoch;
            if (!await _store.SaveAsync(gate.Key.ToString(), gate.Epoch.Value, snapshot, CancellationToken.None))
            {
                gate.GiveUpSaving();
                LogTakenOver(_logger, gate.Key.ToString());
            }

            _storeIsAway = false;
        }
        catch (Exception exception)
        {
            gate.SaveAgain();
            ReportStore(exception);
        }
    }

    private void ReportStore(Exception exception)
    {
        if (!_storeIsAway)
        {
            _storeIsAway = true;
            LogStoreAway(_logger, exception);
        }
    }

    [LoggerMessage(50, LogLevel.Warning, "The states of limits and cooldowns cannot be saved or loaded now; they hold in memory meanwhile")]
    private static partial void LogStoreAway(ILogger logger, Exception exception);

    [LoggerMessage(51, LogLevel.Warning, "Another process on the same database keeps the gate {Gate} too: each of them enforces its limits alone. Several processes share limits only as a cluster")]
    private static partial void LogTakenOver(ILogger logger, string gate);

    [LoggerMessage(52, LogLevel.Warning, "The lease {Lease} of {Gate} expired: whoever held it never came back")]
    private static partial void LogLost(ILogger logger, string gate, Guid lease);
}
