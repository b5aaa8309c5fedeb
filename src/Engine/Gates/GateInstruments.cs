using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Ensemble.Telemetry;

namespace Ensemble.Gates;

/// <summary>Measures what gates let through. Names of callers' keys are no label: there may be any number of them.</summary>
public sealed class GateInstruments
{
    private readonly Counter<long> _admissions;
    private readonly Counter<long> _refusals;
    private readonly ConcurrentDictionary<string, StrongBox<int>> _inFlight = new(StringComparer.Ordinal);

    public GateInstruments(Meter meter)
    {
        _admissions = meter.CreateCounter<long>("ensemble.gate.admissions", "{request}", "Requests that a gate let through");
        _refusals = meter.CreateCounter<long>("ensemble.gate.refusals", "{request}", "Requests that a gate turned away, by the limit");
        meter.CreateObservableGauge(
            "ensemble.gate.in_flight",
            () => _inFlight.Select(static model => new Measurement<int>(
                Volatile.Read(ref model.Value.Value), new KeyValuePair<string, object?>(TelemetryTags.Model, model.Key))),
            "{call}",
            "Calls that this process has in flight, by model");
    }

    internal void OnAnswered(GateKey gate, GateAdmission admission)
    {
        if (admission.Lease is not null && gate.Kind == GateKind.Model)
        {
            Interlocked.Increment(ref InFlight(gate).Value);
        }

        if (!_admissions.Enabled && !_refusals.Enabled)
        {
            return;
        }

        var tags = new TagList { { TelemetryTags.GateKind, SnakeCase.Of(gate.Kind) } };
        if (gate.Kind != GateKind.Caller)
        {
            tags.Add(TelemetryTags.GateName, gate.Name);
        }

        if (admission.Refusal is { } refusal)
        {
            tags.Add(TelemetryTags.GateLimit, SnakeCase.Of(refusal.Limit));
            _refusals.Add(1, tags);
        }
        else
        {
            _admissions.Add(1, tags);
        }
    }

    internal void OnReleased(GateKey gate)
    {
        if (gate.Kind == GateKind.Model)
        {
            Interlocked.Decrement(ref InFlight(gate).Value);
        }
    }

    private StrongBox<int> InFlight(GateKey gate) => _inFlight.GetOrAdd(gate.Name, static _ => new StrongBox<int>());
}
