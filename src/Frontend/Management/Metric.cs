using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Ensemble.Frontend.Telemetry;

namespace Ensemble.Frontend.Management;

/// <summary>
/// One instrument, and its series. There are never more than <see cref="MaxSeries"/>: what would be one more is counted in one that says
/// so.
/// </summary>
internal sealed class Metric
{
    public const int MaxSeries = 1000;

    /// <summary>By OpenTelemetry's name for it.</summary>
    public const string Overflow = "otel_metric_overflow=\"true\"";

    private static readonly double[] DefaultBounds = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];

    private readonly ConcurrentDictionary<string, MetricSeries> _series = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, MetricSeries>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly bool _isSet;
    private readonly bool _keepsLabels;

    public Metric(Instrument instrument)
    {
        _lookup = _series.GetAlternateLookup<ReadOnlySpan<char>>();
        Kind = KindOf(instrument);
        IsObserved = instrument.IsObservable;
        _keepsLabels = OrleansMetrics.KeepsLabels(instrument);
        _isSet = !IsObserved && instrument.GetType().GetGenericTypeDefinition() == typeof(Gauge<>);
        Unit = MetricName.Unit(instrument.Unit, Kind);
        Name = MetricName.Of(instrument.Name, Unit, Kind);
        Help = string.IsNullOrEmpty(instrument.Description) ? instrument.Name : instrument.Description;
        Bounds = Kind == MetricKind.Histogram ? BoundsOf(instrument) : null;
    }

    public string Name { get; }

    public string Help { get; }

    public string? Unit { get; }

    public MetricKind Kind { get; }

    /// <summary>Whether it is asked for its values, and has only those that it says then.</summary>
    public bool IsObserved { get; }

    /// <summary>Of a histogram.</summary>
    public double[]? Bounds { get; }

    /// <summary>In the order of their labels.</summary>
    public IEnumerable<KeyValuePair<string, MetricSeries>> Series => _series.OrderBy(static series => series.Key, StringComparer.Ordinal);

    /// <param name="round">Of asking, for an instrument that is asked.</param>
    public void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, long round)
    {
        var series = Find(_keepsLabels ? tags : []);
        if (Kind == MetricKind.Histogram)
        {
            series.Record(value);
        }
        else if (IsObserved)
        {
            series.Observe(value, round);
        }
        else if (_isSet)
        {
            series.Set(value);
        }
        else
        {
            series.Add(value);
        }
    }

    private MetricSeries Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var fits = MetricLabels.TryWrite(tags, out var labels);
        if (fits && _lookup.TryGetValue(labels, out var known))
        {
            return known;
        }

        // The count is not exact where two threads come at once; nor need it be.
        var key = fits && _series.Count < MaxSeries ? labels.ToString() : Overflow;
        return _series.GetOrAdd(key, static (_, bounds) => new MetricSeries(bounds), Bounds);
    }

    private static MetricKind KindOf(Instrument instrument)
    {
        var type = instrument.GetType().GetGenericTypeDefinition();
        return type == typeof(Counter<>) || type == typeof(ObservableCounter<>) ? MetricKind.Counter
            : type == typeof(Histogram<>) ? MetricKind.Histogram
            : MetricKind.Gauge;
    }

    private static double[] BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds],
        Histogram<long> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds.Select(static bound => (double)bound)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds.Select(static bound => (double)bound)],
        _ => DefaultBounds,
    };
}
