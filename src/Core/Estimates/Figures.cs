using System.Globalization;

namespace Ensemble.Estimates;

/// <summary>Figures as a report writes them.</summary>
public static class Figures
{
    private const char Minus = '−';

    private static readonly string[] Fractions =
        ["half", "a third of", "a quarter of", "a fifth of", "a sixth of", "a seventh of", "an eighth of", "a ninth of", "a tenth of"];

    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0} %");

    /// <summary>A difference of two shares.</summary>
    public static string Points(double difference)
    {
        var points = Math.Round(difference * 100, 1);
        return points == 0 ? "0.0" : string.Create(CultureInfo.InvariantCulture, $"{(points < 0 ? Minus : '+')}{Math.Abs(points):0.0}");
    }

    public static string Range(Interval interval) => $"{Percent(interval.Low)} … {Percent(interval.High)}";

    public static string PointsRange(Interval interval) => $"{Points(interval.Low)} … {Points(interval.High)}";

    public static string WithSign(double value) =>
        string.Create(CultureInfo.InvariantCulture, $"{(Math.Round(value, 2) < 0 ? Minus.ToString() : "")}{Math.Abs(value):0.00}");

    public static string Usd(decimal? usd) => usd switch
    {
        null => "unknown",
        0 => "$0",
        < 0.001m => string.Create(CultureInfo.InvariantCulture, $"${usd:0.000000}"),
        < 0.1m => string.Create(CultureInfo.InvariantCulture, $"${usd:0.0000}"),
        < 100 => string.Create(CultureInfo.InvariantCulture, $"${usd:0.00}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"${usd:N0}"),
    };

    public static string Seconds(TimeSpan? time) => time is not { } known ? "not recorded"
        : known < TimeSpan.FromSeconds(1) ? string.Create(CultureInfo.InvariantCulture, $"{known.TotalMilliseconds:0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{known.TotalSeconds:0.0} s");

    public static string PValue(double value) => value < 0.001 ? "< 0.001" : value.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>A part of a sum: <c>a fifth of the money</c>.</summary>
    /// <param name="ratio">Between 0 and 1.</param>
    public static string PartOfTheMoney(double ratio)
    {
        for (var part = 0; part < Fractions.Length; part++)
        {
            // A little more or less reads the same.
            if (Math.Abs((ratio * (part + 2)) - 1) <= 0.06)
            {
                return $"{Fractions[part]} the money";
            }
        }

        return ratio < 0.01 ? "less than 1 % of the money" : string.Create(CultureInfo.InvariantCulture, $"{ratio * 100:0} % of the money");
    }

    /// <summary>What a multiple of a sum is called: <c>3.1 times the money</c>.</summary>
    public static string Money(double ratio) =>
        ratio < 0.95 ? PartOfTheMoney(ratio)
        : ratio < 1.05 ? "the same money"
        : string.Create(CultureInfo.InvariantCulture, $"{ratio:0.0} times the money");
}
