namespace Ensemble.Estimates;

/// <summary>Thresholds for statements, in evaluations and in reports from live traffic.</summary>
public static class Evidence
{
    /// <summary>With fewer questions, runs or answers no verdict is given.</summary>
    public const int MinCount = 30;

    /// <summary>The smallest difference that matters: 3 points.</summary>
    public const double Margin = 0.03;
}
