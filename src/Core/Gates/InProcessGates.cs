using System.Collections.Concurrent;
using Ensemble.Catalog;
using Ensemble.Usage;
using Microsoft.Extensions.Logging;

namespace Ensemble.Gates;

/// <summary>
/// The gates of a single process. Their limits are those of the catalog that is served now; their states are saved every
/// <see cref="KeptGate.SaveInterval"/>, so that a restart forgets at most the last second.
/// </summary>
public sealed partial class InProcessGates : IGate, IGateAuthority, IKeptGates, IAsyncDisposable
{
    // Never emptied: there are as many gates as the catalogs of this process's life have had names.
    private readonly ConcurrentDictionary<GateKey, Task<KeptGate>> _gates = new();
    private readonly ICatalog _catalog;
    private readonly TimeProvider _time;
    private readonly IGateStore _store;
    private readonly IUsageSink _usage;
    private readonly ILogger _logger;
    private readonly ITimer _timer;

    public InProcessGates(ICatalog catalog, TimeProvider time, IGateStore store, IUsageSink usage, ILogger<InProcessGates> logger)
    {
        _catalog = catalog;
        _time = time;
        _store = store;
        _usage = usage;
        _logger = logger;
        _timer = time.CreateTimer(static state => _ = ((InProcessGates)state!).SaveAsync(), this, KeptGate.SaveInterval, KeptGate.SaveInterval);
    }

    /// <summary>Those that were asked for something, or for how they stand.</summary>
    public IEnumerable<KeptGate> Kept
    {
        get
        {
            foreach (var gate in _gates.Values)
            {
                if (gate.IsCompletedSuccessfully)
                {
                    yield return gate.GetAwaiter().GetResult();
                }
            }
        }
    }

    /// <summary>Never: each question is answered here, and at once.</summary>
    public bool GivesPasses => false;

    public async ValueTask<GateAdmission> AcquireAsync(GateRequest request, CancellationToken cancellationToken) =>
        await (await OpenAsync(request.Gate)).AcquireAsync(request);

    public async ValueTask RenewAsync(GateKey gate, IReadOnlyList<GateLease> leases, CancellationToken cancellationToken) =>
        (await OpenAsync(gate)).Renew(leases);

    public async ValueTask ReleaseAsync(GateLease lease, GateRelease release) => (await OpenAsync(lease.Gate)).Release(lease, release);

    public async ValueTask<GateGrant> ReportAsync(GateKey gate, GateReport report, IGateHolder holder, CancellationToken cancellationToken) =>
        await (await OpenAsync(gate)).ReportAsync(report, holder);

    public async ValueTask<GateRefusal?> RefusalAsync(GateKey gate, long tokens, CancellationToken cancellationToken) =>
        await (await OpenAsync(gate)).RefuseAsync(tokens);

    public async ValueTask<GateStatus> StatusAsync(GateKey gate, CancellationToken cancellationToken) => await (await OpenAsync(gate)).StatusAsync();

    /// <summary>Saves what has changed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await SaveAsync();
    }

    private Task<KeptGate> OpenAsync(GateKey key)
    {
        if (_gates.TryGetValue(key, out var known))
        {
            return known;
        }

        // Whoever comes first loads, and the others wait for that: two keepers of one gate would each admit its whole limit.
        var opening = new TaskCompletionSource<KeptGate>(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = _gates.GetOrAdd(key, opening.Task);
        return gate == opening.Task ? OpenAsync(key, opening) : gate;
    }

    private async Task<KeptGate> OpenAsync(GateKey key, TaskCompletionSource<KeptGate> opening)
    {
        var gate = await KeptGate.OpenAsync(key, _catalog, _store, _time, _logger);
        opening.SetResult(gate);
        return gate;
    }

    private async Task SaveAsync()
    {
        foreach (var task in _gates.Values.Where(task => task.IsCompletedSuccessfully))
        {
            var gate = await task;
            gate.ReportLost(_usage);
            if (!await gate.SaveAsync())
            {
                LogTakenOver(_logger, gate.Key.ToString());
            }
        }
    }

    [LoggerMessage(51, LogLevel.Warning, "Another process on the same database keeps the gate {Gate} too: each learns within a second what the other admits. For a limit that is never passed let them be one cluster")]
    private static partial void LogTakenOver(ILogger logger, string gate);
}
