using Ensemble.Gates;
using Ensemble.Runs;
using Ensemble.Telemetry;
using Ensemble.Usage;

namespace Ensemble.Members;

/// <summary>Says how this process stands.</summary>
/// <param name="role"><c>all</c>, <c>silo</c>, <c>frontend</c> or <c>gateway</c>.</param>
/// <param name="gates">Null where no gate lives in this process.</param>
public sealed class NodeReporter(string role, IRunsInFlight runs, UsageLedger ledger, ByteBudget buffers, IGateHosts? gates = null)
{
    /// <summary>Gates that are named at most: a page of more is no page.</summary>
    public const int MaxGates = 1000;

    public NodeReport Report()
    {
        List<string> kept = [.. gates?.Hosts.Select(static gate => gate.Key.ToString()) ?? []];
        kept.Sort(StringComparer.Ordinal);
        return new NodeReport
        {
            Role = role,
            Version = EnsembleTelemetry.Version,
            MemoryBytes = Environment.WorkingSet,
            RunsInFlight = runs.InFlight,
            Gates = kept.Count > MaxGates ? kept[..MaxGates] : kept,
            GateCount = kept.Count,
            Ledger = new QueueReport(ledger.QueuedBytes, ledger.Capacity, ledger.Dropped),
            Buffers = new QueueReport(buffers.Used, buffers.Limit, 0),
        };
    }
}
