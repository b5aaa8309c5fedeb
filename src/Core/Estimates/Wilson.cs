namespace Ensemble.Estimates;

/// <summary>Wilson's score interval of a share: E. B. Wilson, JASA 22 (1927), 209–212.</summary>
public static class Wilson
{
    /// <summary>Of the standard normal distribution, the quantile of 1 − <see cref="Interval.Alpha"/> ÷ 2.</summary>
    private const double Z = 1.959963984540054;

    /// <param name="count">At least 1.</param>
    public static Interval Of(long right, long count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var share = (double)right / count;
        const double Square = Z * Z;
        var centre = share + (Square / (2.0 * count));
        var half = Z * Math.Sqrt((share * (1 - share) / count) + (Square / (4.0 * count * count)));
        var scale = 1 + (Square / count);
        return new Interval(share, Math.Max(0, (centre - half) / scale), Math.Min(1, (centre + half) / scale));
    }
}
