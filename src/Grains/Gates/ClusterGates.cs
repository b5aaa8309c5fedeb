using Ensemble.Gates;
using Ensemble.Grains.Calls;

namespace Ensemble.Grains.Gates;

/// <summary>The gates of the whole cluster: each is one grain, wherever it lives.</summary>
public sealed class ClusterGates(IGrainFactory grains, ClusterCalls calls) : IGateAuthority
{
    private Task<IGateContact>? _contact;
    private GateContact? _local;

    public ValueTask<GateAdmission> AcquireAsync(GateRequest request, CancellationToken cancellationToken) =>
        calls.AskAsync(
            static asked => asked.Grain.AcquireAsync(asked.Request), (Grain: Grain(request.Gate), Request: request), cancellationToken);

    public async ValueTask RenewAsync(
        GateKey gate, IReadOnlyList<GateLease> leases, CancellationToken cancellationToken) => await calls.AskAsync(
        static async asked =>
        {
            await asked.Grain.RenewAsync(asked.Leases);
            return true;
        },
        (Grain: Grain(gate), Leases: leases.ToArray()),
        cancellationToken);

    public async ValueTask ReleaseAsync(GateLease lease, GateRelease release)
    {
        try
        {
            await Grain(lease.Gate).ReleaseAsync(lease, release);
        }
        catch (Exception exception) when (ClusterCalls.IsTransient(exception))
        {
            // What was learnt is worth another try, and nobody need wait for it: the lease expires by itself.
            _ = ReleaseLaterAsync(lease, release);
        }
    }

    public async ValueTask<GateGrant> ReportAsync(
        GateKey gate, GateReport report, IGateClient holder, CancellationToken cancellationToken) => await calls.AskAsync(
        static asked => asked.Grain.ReportAsync(asked.Report, asked.Contact),
        (Grain: Grain(gate), Report: report, Contact: await ContactAsync(holder)),
        cancellationToken);

    public ValueTask<GateRefusal?> RefusalAsync(GateKey gate, long tokens, CancellationToken cancellationToken) =>
        calls.AskAsync(static asked => asked.Grain.RefusalAsync(asked.Tokens), (Grain: Grain(gate), Tokens: tokens), cancellationToken);

    public ValueTask<GateStatus> StatusAsync(GateKey gate, CancellationToken cancellationToken) =>
        calls.AskAsync(static grain => grain.StatusAsync(), Grain(gate), cancellationToken);

    /// <summary>One for the process, which has one holder. Made outside of grains, which cannot be reached so.</summary>
    private Task<IGateContact> ContactAsync(IGateClient holder)
    {
        if (_contact is { } known)
        {
            return known;
        }

        // Orleans does not keep alive what it refers to.
        var local = Interlocked.CompareExchange(ref _local, new GateContact(holder), null) ?? _local;
        var made = Task.Run(() => grains.CreateObjectReference<IGateContact>(local));
        return Interlocked.CompareExchange(ref _contact, made, null) ?? made;
    }

    private async Task ReleaseLaterAsync(GateLease lease, GateRelease release)
    {
        try
        {
            await calls.AskAsync(
                static async asked =>
                {
                    await asked.Grain.ReleaseAsync(asked.Lease, asked.Release);
                    return true;
                },
                (Grain: Grain(lease.Gate), Lease: lease, Release: release),
                CancellationToken.None);
        }
        catch (Exception)
        {
            // It has expired by now, and been reported as lost.
        }
    }

    private IGateGrain Grain(GateKey gate) => gate.Kind == GateKind.Model
        ? grains.GetGrain<IModelCallGrain>(gate.Name)
        : grains.GetGrain<ICallerGateGrain>(gate.ToString());
}
