namespace Ensemble.Evaluation.Statistics;

/// <summary>Holm's correction for several tests at once (Scandinavian Journal of Statistics 6, 1979).</summary>
internal static class Holm
{
    /// <returns>Adjusted probabilities in the order of those given: each is compared with the level as if it were the only one.</returns>
    public static double[] Adjust(IReadOnlyList<double> pValues)
    {
        var adjusted = new double[pValues.Count];
        var largest = 0.0;
        var rank = 0;
        foreach (var index in Enumerable.Range(0, pValues.Count).OrderBy(index => pValues[index]))
        {
            largest = Math.Max(largest, Math.Min(1, pValues[index] * (pValues.Count - rank++)));
            adjusted[index] = largest;
        }

        return adjusted;
    }
}
