namespace Ensemble.Usage;

/// <summary>
/// A histogram of times whose counts can be added: eight buckets for each doubling from 1 ms on. The middle of a bucket differs from the
/// times in it by at most 4.5 %.
/// </summary>
public static class TimeBuckets
{
    private const int PerDoubling = 8;

    /// <summary>Some 9 hours; no run takes as long.</summary>
    private const int Last = 25 * PerDoubling;

    /// <returns>From 0: that of times up to 1 ms.</returns>
    public static int Of(TimeSpan time) => time.TotalMilliseconds <= 1
        ? 0
        : Math.Min((int)Math.Ceiling((Math.Log2(time.TotalMilliseconds) * PerDoubling) - 1e-9), Last);

    /// <summary>The middle of a bucket, in whole milliseconds.</summary>
    public static TimeSpan Middle(int bucket) =>
        TimeSpan.FromMilliseconds(bucket <= 0 ? 1 : Math.Round(Math.Pow(2, (bucket - 0.5) / PerDoubling)));

    /// <summary>A percentile by the nearest rank; null without counts.</summary>
    /// <param name="counts">By bucket, in any order.</param>
    public static TimeSpan? Percentile(IEnumerable<(int Bucket, long Count)> counts, int percent)
    {
        var sorted = counts.OrderBy(static one => one.Bucket).ToArray();
        var rank = ((sorted.Sum(static one => one.Count) * percent) + 99) / 100;
        foreach (var (bucket, count) in sorted)
        {
            rank -= count;
            if (rank <= 0)
            {
                return Middle(bucket);
            }
        }

        return null;
    }
}
