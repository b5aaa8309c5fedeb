using Ensemble.Estimates;
using MathNet.Numerics.Distributions;

namespace Ensemble.Evaluation.Statistics;

/// <summary>How many questions it takes to see a difference in a paired comparison: R. J. Connor, Biometrics 43 (1987), 207–211.</summary>
internal static class SampleSize
{
    /// <summary>The difference in accuracy that a decision is worth: 3 points.</summary>
    public const double Difference = Evidence.Margin;

    private const double Power = 0.8;

    /// <param name="discordant">The share of questions that one of the two has right and the other one wrong.</param>
    /// <param name="difference">To be seen with a probability of 80 %.</param>
    public static int For(double discordant, double difference = Difference)
    {
        // Two that differ by so much differ on that share of the questions at least.
        var share = Math.Max(discordant, difference);
        var level = Normal.InvCDF(0, 1, 1 - (Interval.Alpha / 2)) * Math.Sqrt(share);
        var power = Normal.InvCDF(0, 1, Power) * Math.Sqrt(share - (difference * difference));
        return (int)Math.Ceiling((level + power) * (level + power) / (difference * difference));
    }
}
