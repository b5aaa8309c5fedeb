using Ensemble.Gates;
using Orleans.CodeGeneration;

namespace Ensemble.Grains.Gates;

/// <summary>One gate. Asking twice changes nothing, so that a call whose answer was lost can be made again.</summary>
[Alias(WireNames.GateGrain)]
[Version(1)]
public interface IGateGrain : IGrainWithStringKey
{
    [Alias("acquire")]
    [ResponseTimeout("00:00:05")]
    ValueTask<GateAdmission> AcquireAsync(GateRequest request);

    [Alias("renew")]
    [ResponseTimeout("00:00:05")]
    ValueTask RenewAsync(GateLease[] leases);

    [Alias("release")]
    [ResponseTimeout("00:00:05")]
    ValueTask ReleaseAsync(GateLease lease, GateRelease release);

    /// <summary>Tells what a process did without asking for each call, and asks how it is to go on.</summary>
    /// <param name="contact">Where the process is asked for a report before its time.</param>
    [Alias("report")]
    [ResponseTimeout("00:00:05")]
    ValueTask<GateGrant> ReportAsync(GateReport report, IGateContact contact);

    [Alias("refusal")]
    [ResponseTimeout("00:00:05")]
    ValueTask<GateRefusal?> RefusalAsync(long tokens);

    [Alias("status")]
    [ResponseTimeout("00:00:05")]
    ValueTask<GateStatus> StatusAsync();
}
