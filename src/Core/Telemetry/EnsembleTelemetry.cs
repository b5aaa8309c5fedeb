using System.Diagnostics;

namespace Ensemble.Telemetry;

/// <summary>Names under which this product is measured and traced.</summary>
public static class EnsembleTelemetry
{
    /// <summary>Of the meter and of the activity source.</summary>
    public const string Name = "Ensemble";

    /// <summary>Of the product, as in <c>0.1.0</c>.</summary>
    public static readonly string Version = typeof(EnsembleTelemetry).Assembly.GetName().Version?.ToString(3) ?? "0";

    /// <summary>Makes the spans of runs and of their calls.</summary>
    public static readonly ActivitySource Activities = new(Name, Version);
}
