namespace Ensemble.Load.Measuring;

/// <summary>Exact figures over all samples: nothing is put into buckets.</summary>
internal static class Statistics
{
    /// <summary>Nearest rank: the smallest sample that at least this share of all is not above. NaN where there is none.</summary>
    public static double Percentile(double[] sorted, double share) =>
        sorted.Length == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
