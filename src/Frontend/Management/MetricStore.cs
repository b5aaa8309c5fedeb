using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Ensemble.Frontend.Telemetry;

namespace Ensemble.Frontend.Management;

/// <summary>
/// Keeps what instruments measure until somebody asks for it. Listens to meters by name, and to no meter of another host in this process.
/// </summary>
internal sealed class MetricStore : IDisposable
{
    private readonly ConcurrentDictionary<Instrument, Metric> _metrics = new();
    private readonly MeterListener _listener = new();
    private readonly Lock _asking = new();
    private long _round;

    /// <param name="meters">Names.</param>
    /// <param name="scope">Of the meters that have one; null = any.</param>
    public MetricStore(IReadOnlyCollection<string> meters, object? scope = null)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (meters.Contains(instrument.Meter.Name) && OrleansMetrics.Includes(instrument)
                && (scope is null || instrument.Meter.Scope is null || ReferenceEquals(instrument.Meter.Scope, scope)))
            {
                listener.EnableMeasurementEvents(instrument, _metrics.GetOrAdd(instrument, static found => new Metric(found)));
            }
        };
        _listener.SetMeasurementEventCallback<double>(Take);
        _listener.SetMeasurementEventCallback<float>((instrument, value, tags, state) => Take(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, state) => Take(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, state) => Take(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<short>((instrument, value, tags, state) => Take(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<byte>((instrument, value, tags, state) => Take(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<decimal>((instrument, value, tags, state) => Take(instrument, (double)value, tags, state));
        _listener.Start();
    }

    /// <summary>
    /// Asks the instruments that are to be asked, and gives everything to <paramref name="write"/>: metrics in the order of their names.
    /// </summary>
    public void Read(Action<IEnumerable<Metric>, long> write)
    {
        // One at a time: a round belongs to one reader.
        lock (_asking)
        {
            _round++;
            try
            {
                _listener.RecordObservableInstruments();
            }
            catch (AggregateException)
            {
                // One instrument that cannot say its value is left out.
            }

            // Two instruments of one name would be two families of one name, which no reader takes.
            write(
                _metrics.Values.OrderBy(static metric => metric.Name, StringComparer.Ordinal).DistinctBy(static metric => metric.Name),
                _round);
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (state is Metric metric)
        {
            metric.Take(value, tags, _round);
        }
    }
}
