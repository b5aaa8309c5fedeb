using System.Diagnostics.Metrics;
using System.Globalization;

namespace Ensemble.Core.Tests.Telemetry;

/// <summary>A meter of a test's own, and what was measured by it, as <c>name{label=value}</c> and the sum or the last value.</summary>
internal sealed class Measured : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, double> _values = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    public Measured()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == Meter)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.Start();
    }

    public Meter Meter { get; } = new("Ensemble.Measured");

    public double? this[string series]
    {
        get
        {
            lock (_lock)
            {
                return _values.TryGetValue(series, out var value) ? value : null;
            }
        }
    }

    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_lock)
            {
                return [.. _values.Keys.Order(StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Asks the instruments that are to be asked.</summary>
    public void Read() => _listener.RecordObservableInstruments();

    public void Dispose()
    {
        _listener.Dispose();
        Meter.Dispose();
    }

    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = string.Join(',', tags.ToArray().OrderBy(tag => tag.Key, StringComparer.Ordinal)
            .Select(tag => string.Create(CultureInfo.InvariantCulture, $"{tag.Key}={tag.Value}")));
        var key = $"{instrument.Name}{{{labels}}}";
        lock (_lock)
        {
            _values[key] = instrument.IsObservable ? value : _values.GetValueOrDefault(key) + value;
        }
    }
}
