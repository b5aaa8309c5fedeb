using System.Diagnostics;

namespace Ensemble.Load.Measuring;

/// <summary>Two percentiles of one slot's samples, in milliseconds.</summary>
internal readonly record struct Spread(double P50, double P99)
{
    public static Spread Of(IEnumerable<long> ticks)
    {
        var sorted = ticks.Select(tick => tick * 1000.0 / Stopwatch.Frequency).Order().ToArray();
        return new Spread(Statistics.Percentile(sorted, 0.5), Statistics.Percentile(sorted, 0.99));
    }
}
