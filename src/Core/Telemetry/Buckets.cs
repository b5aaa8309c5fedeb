using System.Diagnostics.Metrics;

namespace Ensemble.Telemetry;

/// <summary>
/// Boundaries of histograms. Those of calls, first tokens and token counts are the ones that OpenTelemetry's generative-AI conventions
/// advise.
/// </summary>
internal static class Buckets
{
    public static readonly InstrumentAdvice<double> Calls =
        Of(0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92, 163.84, 327.68);

    public static readonly InstrumentAdvice<double> FirstTokens =
        Of(0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 20.0, 40.0);

    /// <summary>What this product adds is milliseconds.</summary>
    public static readonly InstrumentAdvice<double> Overhead =
        Of(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0);

    public static readonly InstrumentAdvice<double> Shares = Of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99);

    public static readonly InstrumentAdvice<long> Tokens =
        new() { HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304] };

    private static InstrumentAdvice<double> Of(params double[] boundaries) => new() { HistogramBucketBoundaries = boundaries };
}
