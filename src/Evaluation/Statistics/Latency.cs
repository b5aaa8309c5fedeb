using MathNet.Numerics.Statistics;

namespace Ensemble.Evaluation.Statistics;

/// <summary>The time that half of the answers, and 95 % of them, take at most.</summary>
internal readonly record struct Latency(TimeSpan P50, TimeSpan P95)
{
    /// <param name="times">At least one.</param>
    public static Latency Of(IReadOnlyList<TimeSpan> times)
    {
        double[] sorted = [.. times.Select(static time => time.TotalSeconds)];
        Array.Sort(sorted);
        return new Latency(Quantile(sorted, 0.5), Quantile(sorted, 0.95));
    }

    private static TimeSpan Quantile(double[] sorted, double share) =>
        TimeSpan.FromSeconds(SortedArrayStatistics.QuantileCustom(sorted, share, QuantileDefinition.R7));
}
