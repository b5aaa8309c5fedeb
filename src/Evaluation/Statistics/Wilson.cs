using MathNet.Numerics.Distributions;

namespace Ensemble.Evaluation.Statistics;

/// <summary>Wilson's score interval of a share: E. B. Wilson, JASA 22 (1927), 209–212.</summary>
internal static class Wilson
{
    private static readonly double Z = Normal.InvCDF(0, 1, 1 - (Interval.Alpha / 2));

    /// <param name="count">At least 1.</param>
    public static Interval Of(int right, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var share = (double)right / count;
        var square = Z * Z;
        var centre = share + (square / (2 * count));
        var half = Z * Math.Sqrt((share * (1 - share) / count) + (square / (4.0 * count * count)));
        var scale = 1 + (square / count);
        return new Interval(share, Math.Max(0, (centre - half) / scale), Math.Min(1, (centre + half) / scale));
    }
}
