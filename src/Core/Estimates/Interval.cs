namespace Ensemble.Estimates;

/// <summary>An estimate with its interval of 95 %.</summary>
public readonly record struct Interval(double Value, double Low, double High)
{
    /// <summary>The probability with which an interval misses what it estimates.</summary>
    public const double Alpha = 0.05;

    /// <summary>Whether the interval leaves 0 out.</summary>
    public bool ExcludesZero => Low > 0 || High < 0;
}
