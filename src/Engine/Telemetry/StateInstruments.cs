using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Ensemble.Catalog;
using Ensemble.Gates;
using Ensemble.Runs;
using Ensemble.Usage;

namespace Ensemble.Telemetry;

/// <summary>Shows the state of this process when it is read: nothing is measured in between, and no other process is asked.</summary>
public sealed class StateInstruments
{
    private readonly Meter _meter;
    private readonly ConcurrentDictionary<string, IRunsInFlight> _runs = new(StringComparer.Ordinal);

    public StateInstruments(Meter meter)
    {
        _meter = meter;
        meter.CreateObservableGauge(
            "ensemble.runs.in_flight",
            () => _runs.Select(
                static tier => new Measurement<int>(tier.Value.InFlight, new KeyValuePair<string, object?>(TelemetryTags.Tier, tier.Key))),
            "{run}",
            "Runs in flight");
    }

    /// <param name="tier"><c>frontend</c> or <c>silo</c>: a process may be both.</param>
    public void Watch(IRunsInFlight runs, string tier) => _runs[tier] = runs;

    public void Watch(UsageLedger ledger)
    {
        _meter.CreateObservableGauge(
            "ensemble.ledger.queue", () => ledger.QueuedBytes, "By", "Accounts that wait to be written to the database");
        _meter.CreateObservableGauge(
            "ensemble.ledger.capacity", () => ledger.Capacity, "By", "Accounts that may wait; from three quarters on new runs are refused");
        _meter.CreateObservableCounter(
            "ensemble.ledger.written", () => ledger.Written, "{entry}", "Sub-calls and runs that were written to the database");
        _meter.CreateObservableCounter(
            "ensemble.ledger.dropped", () => ledger.Dropped, "{entry}",
            "Sub-calls and runs without a usage record, because it could not be written in time");
    }

    /// <param name="timeouts">How often the database did not answer in time, or was not asked since it had not.</param>
    /// <param name="isAnswering">Whether it did lately.</param>
    public void WatchDatabase(Func<long> timeouts, Func<bool> isAnswering)
    {
        _meter.CreateObservableCounter(
            "ensemble.database.timeouts", timeouts, "{job}",
            "Jobs that the database did not answer in time, or was not asked to do since it had not");
        _meter.CreateObservableGauge(
            "ensemble.database.unanswered", () => isAnswering() ? 0 : 1, null, "1 while the database does not answer in time, else 0");
    }

    public void Watch(ByteBudget buffers)
    {
        _meter.CreateObservableGauge("ensemble.buffers.used", () => buffers.Used, "By", "Bodies, journals and answers that are kept");
        _meter.CreateObservableGauge("ensemble.buffers.limit", () => buffers.Limit, "By", "Bytes beyond which requests are refused");
    }

    public void Watch(ICatalog catalog)
    {
        _meter.CreateObservableGauge(
            "ensemble.catalog.revision", () => catalog.Current.Revision, null, "Revision of the catalog that is served");
        _meter.CreateObservableGauge(
            "ensemble.catalog.stale", () => catalog.Problem is null ? 0 : 1, null, "1 where the newest catalog is not served, else 0");
        _meter.CreateObservableCounter(
            "ensemble.catalog.refusals", () => catalog.Refusals, "{reload}", "Changes of the catalog that were not taken");
    }

    public void Watch(IGateHosts gates) => _meter.CreateObservableGauge(
        "ensemble.gate.cooldown",
        () => Cooldowns(gates),
        "s",
        "How long a model is still left alone; 0 = it is not");

    private static IEnumerable<Measurement<double>> Cooldowns(IGateHosts gates)
    {
        foreach (var gate in gates.Hosts)
        {
            if (gate.Key.Kind == GateKind.Model)
            {
                yield return new(
                    gate.Status().CoolingDown?.TotalSeconds ?? 0, new KeyValuePair<string, object?>(TelemetryTags.Model, gate.Key.Name));
            }
        }
    }
}
