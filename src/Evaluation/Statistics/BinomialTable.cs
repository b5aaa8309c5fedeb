using MathNet.Numerics.Distributions;

namespace Ensemble.Evaluation.Statistics;

/// <summary>Draws from one binomial distribution by its cumulative probabilities.</summary>
internal sealed class BinomialTable
{
    private readonly double[] _cumulative;

    public BinomialTable(int trials, double probability)
    {
        _cumulative = new double[trials + 1];
        var binomial = new Binomial(Math.Clamp(probability, 0, 1), trials);
        var mode = Math.Clamp((int)((trials + 1) * binomial.P), 0, trials);
        var odds = binomial.P / (1 - binomial.P);

        // Outward from the mode: at the ends a probability may be less than a double can hold.
        _cumulative[mode] = Math.Exp(binomial.ProbabilityLn(mode));
        for (var count = mode; count < trials; count++)
        {
            _cumulative[count + 1] = _cumulative[count] * odds * (trials - count) / (count + 1);
        }

        for (var count = mode; count > 0; count--)
        {
            _cumulative[count - 1] = _cumulative[count] / odds * count / (trials - count + 1);
        }

        for (var count = 1; count <= trials; count++)
        {
            _cumulative[count] += _cumulative[count - 1];
        }
    }

    /// <summary>A number of successes.</summary>
    public int Draw(Random random)
    {
        var place = Array.BinarySearch(_cumulative, random.NextDouble());
        return Math.Min(place < 0 ? ~place : place, _cumulative.Length - 1);
    }
}
