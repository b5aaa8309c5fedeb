using MathNet.Numerics.Distributions;

namespace Ensemble.Evaluation.Statistics;

/// <summary>
/// McNemar's exact test of two answerers on the same questions (Psychometrika 12, 1947): only questions on which they differ count.
/// </summary>
internal static class McNemar
{
    /// <param name="onlyFirst">Questions that only the first has right.</param>
    /// <param name="onlySecond">Questions that only the second has right.</param>
    /// <returns>The probability of a difference as large, in either direction, if there were none.</returns>
    public static double PValue(int onlyFirst, int onlySecond)
    {
        var discordant = onlyFirst + onlySecond;
        return discordant == 0 ? 1 : Math.Min(1, 2 * Binomial.CDF(0.5, discordant, Math.Min(onlyFirst, onlySecond)));
    }
}
