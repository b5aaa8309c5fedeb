namespace Ensemble.Estimates;

/// <summary>How much it takes to say something, in evaluations and in reports from live traffic.</summary>
public static class Evidence
{
    /// <summary>Below this number of questions, runs or answers no figure is worth a decision.</summary>
    public const int MinCount = 30;

    /// <summary>The difference that a decision is worth: 3 points.</summary>
    public const double Margin = 0.03;
}
