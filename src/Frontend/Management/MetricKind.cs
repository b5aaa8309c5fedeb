namespace Ensemble.Frontend.Management;

/// <summary>What Prometheus makes of an instrument.</summary>
internal enum MetricKind
{
    /// <summary>Only grows.</summary>
    Counter,

    Gauge,

    Histogram,
}
