using Ensemble.Catalog;
using Ensemble.Gates;
using Ensemble.Telemetry;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.GrainDirectory;

namespace Ensemble.Grains.Gates;

/// <summary>Identity, lifetime and messages of a gate; what it decides is <see cref="GateState"/>.</summary>
internal abstract partial class GateGrain(
    Func<string, GateKey> key, ICatalog catalog, IGateStore store, IUsageSink usage, TimeProvider time, ILogger logger) : Grain, IGateGrain
{
    /// <summary>The name of the directory that never knows two activations of a gate.</summary>
    public const string Directory = "ensemble-gates";

    private GateHost _gate = null!;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _gate = await GateHost.OpenAsync(key(this.GetPrimaryKeyString()), catalog, store, time, logger);

        // Only to be looked at; a host may do without.
        ServiceProvider.GetService<SiloGates>()?.Add(_gate);

        // A slow store must not keep callers waiting.
        this.RegisterGrainTimer(
            SaveAsync,
            new GrainTimerCreationOptions { DueTime = GateHost.SaveInterval, Period = GateHost.SaveInterval, Interleave = true });
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_gate is null)
        {
            return Task.CompletedTask;
        }

        ServiceProvider.GetService<SiloGates>()?.Remove(_gate);
        return SaveAsync();
    }

    public ValueTask<GateAdmission> AcquireAsync(GateRequest request) => _gate.AcquireAsync(request);

    public ValueTask RenewAsync(GateLease[] leases)
    {
        _gate.Renew(leases);
        return default;
    }

    public ValueTask ReleaseAsync(GateLease lease, GateRelease release)
    {
        _gate.Release(lease, release);
        return default;
    }

    public ValueTask<GateGrant> ReportAsync(GateReport report, IGateContact contact) =>
        _gate.ReportAsync(report, new RemoteGateClient(contact));

    public ValueTask<GateRefusal?> RefusalAsync(long tokens) => _gate.RefuseAsync(tokens);

    public ValueTask<GateStatus> StatusAsync() => _gate.StatusAsync();

    private async Task SaveAsync()
    {
        _gate.ReportExpired(usage);
        if (!await _gate.SaveAsync())
        {
            LogRivalKeeper(logger, _gate.Key.ToString());
        }
    }

    [LoggerMessage(
        EventId = EventIds.GateKeptTwice, EventName = nameof(EventIds.GateKeptTwice), Level = LogLevel.Warning,
        Message = "The gate {Gate} is also kept by another silo or cluster: each learns within a second what the other admits. Run two "
            + "clusters on one database only while one replaces the other.")]
    private static partial void LogRivalKeeper(ILogger logger, string gate);
}

/// <summary>Reentrant: it takes calls while it waits for reports, and each decision is made without waiting.</summary>
[Reentrant]
[GrainDirectory(GateGrain.Directory)]
internal sealed class ModelCallGrain(
    ICatalog catalog, IGateStore store, IUsageSink usage, TimeProvider time, ILogger<ModelCallGrain> logger)
    : GateGrain(GateKey.Model, catalog, store, usage, time, logger), IModelCallGrain;

/// <summary>Reentrant: it takes calls while it waits for reports, and each decision is made without waiting.</summary>
[Reentrant]
[GrainDirectory(GateGrain.Directory)]
internal sealed class CallerGateGrain(
    ICatalog catalog, IGateStore store, IUsageSink usage, TimeProvider time, ILogger<CallerGateGrain> logger)
    : GateGrain(Parse, catalog, store, usage, time, logger), ICallerGateGrain
{
    private static GateKey Parse(string name) =>
        GateKey.TryParse(name, out var key) && key.Kind != GateKind.Model ? key : throw new ArgumentException(
            $"'{name}' names no gate of callers.", nameof(name));
}
