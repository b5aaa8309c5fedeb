namespace Ensemble.Usage;

/// <summary>Costs as they are stored: whole billionths of a dollar, of which a database makes exact sums.</summary>
public static class NanoDollars
{
    private const decimal PerDollar = 1_000_000_000m;

    /// <summary>No call costs as much; only a provider that reports nonsense gets so far.</summary>
    private const decimal MaxDollars = 9_000_000_000m;

    /// <summary>The nearest; null for a cost that is not known.</summary>
    public static long? Of(decimal? dollars) =>
        dollars is { } known ? (long)decimal.Round(Math.Min(known, MaxDollars) * PerDollar, MidpointRounding.AwayFromZero) : null;

    /// <summary>In US dollars.</summary>
    public static decimal Read(long stored) => stored / PerDollar;
}
