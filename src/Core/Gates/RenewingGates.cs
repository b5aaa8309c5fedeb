using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Ensemble.Gates;

/// <summary>Renews the leases that are held through it, every <see cref="GateLease.RenewalInterval"/> in one batch a gate.</summary>
public sealed partial class RenewingGates : IGate, IAsyncDisposable
{
    private readonly ConcurrentDictionary<Guid, GateLease> _held = new();
    private readonly IGate _gates;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private int _renewing;

    public RenewingGates(IGate gates, TimeProvider time, ILogger<RenewingGates> logger)
    {
        _gates = gates;
        _logger = logger;
        _timer = time.CreateTimer(
            static state => _ = ((RenewingGates)state!).RenewAllAsync(), this, GateLease.RenewalInterval, GateLease.RenewalInterval);
    }

    public async ValueTask<GateAdmission> AcquireAsync(GateRequest request, CancellationToken cancellationToken)
    {
        var admission = await _gates.AcquireAsync(request, cancellationToken);
        if (admission.Lease is { } lease)
        {
            _held[lease.Id] = lease;
        }

        return admission;
    }

    public ValueTask RenewAsync(GateKey gate, IReadOnlyList<GateLease> leases, CancellationToken cancellationToken) =>
        _gates.RenewAsync(gate, leases, cancellationToken);

    public ValueTask ReleaseAsync(GateLease lease, GateRelease release)
    {
        _held.TryRemove(lease.Id, out _);
        return _gates.ReleaseAsync(lease, release);
    }

    public ValueTask<GateRefusal?> RefusalAsync(GateKey gate, long tokens, CancellationToken cancellationToken) =>
        _gates.RefusalAsync(gate, tokens, cancellationToken);

    public ValueTask<GateStatus> StatusAsync(GateKey gate, CancellationToken cancellationToken) => _gates.StatusAsync(gate, cancellationToken);

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private async Task RenewAllAsync()
    {
        // A gate that takes longer than the interval is not asked twice at once.
        if (Interlocked.Exchange(ref _renewing, 1) == 1)
        {
            return;
        }

        try
        {
            await Task.WhenAll(_held.Values.GroupBy(lease => lease.Gate).Select(group => RenewAsync(group.Key, [.. group])));
        }
        finally
        {
            Volatile.Write(ref _renewing, 0);
        }
    }

    private async Task RenewAsync(GateKey gate, GateLease[] leases)
    {
        try
        {
            await _gates.RenewAsync(gate, leases, CancellationToken.None);
        }
        catch (Exception exception)
        {
            // There are two more tries before they expire.
            LogNotRenewed(_logger, exception, leases.Length, gate.ToString());
        }
    }

    [LoggerMessage(55, LogLevel.Warning, "{Count} leases of {Gate} could not be renewed")]
    private static partial void LogNotRenewed(ILogger logger, Exception exception, int count, string gate);
}
