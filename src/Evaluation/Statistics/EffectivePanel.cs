namespace Ensemble.Evaluation.Statistics;

/// <summary>How many independent members a panel is worth: n ÷ (1 + (n − 1) × mean correlation), the design effect
/// of a cluster sample.</summary>
internal static class EffectivePanel
{
    /// <param name="members">At least 1.</param>
    /// <param name="meanCorrelation">Of their errors, pair by pair; below 0 it counts as 0: no panel is worth more
    /// than its members.</param>
    public static double Size(int members, double meanCorrelation) => members / (1 + ((members - 1) * Math.Clamp(meanCorrelation, 0, 1)));
}
