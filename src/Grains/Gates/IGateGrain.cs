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

/// <summary>
/// A model, by its alias: the cluster's only authority over its limits and its cooldown. It admits and accounts; the calls themselves are
/// made in the silo of the run, so that one popular model does not squeeze through one activation.
/// </summary>
[Alias(WireNames.ModelCallGrain)]
[Version(1)]
public interface IModelCallGrain : IGateGrain;

/// <summary>An ensemble (<c>alias:NAME</c>) or a caller's key (<c>caller:NAME</c>): one limit over all frontends.</summary>
[Alias(WireNames.CallerGateGrain)]
[Version(1)]
public interface ICallerGateGrain : IGateGrain;
