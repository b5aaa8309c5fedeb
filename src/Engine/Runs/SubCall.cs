using Ensemble.Gates;
using Ensemble.Models;
using Ensemble.Upstreams;

namespace Ensemble.Runs;

/// <summary>A call that a strategy wants made.</summary>
/// <param name="Admission">Of the model's gate, where it was asked beforehand.</param>
internal readonly record struct SubCall(SubCallKey Key, SubCallRole Role, ModelCall Call, GateAdmission? Admission = null)
{
    /// <summary>Of the run's budget, where it was asked beforehand.</summary>
    public RunBudget.Reservation? Reservation { get; init; }

    /// <summary>The version of the built-in wording that it asks with; null = the caller's own words.</summary>
    public string? Prompt { get; init; }

    /// <summary>How its answer is read; null = as it came.</summary>
    public ExpectedAnswer? Expected { get; init; } = ExpectedAnswer.Text;

    /// <summary>Whether it does not fit the budget, so that it is not made.</summary>
    public bool IsOverBudget { get; init; }

    /// <summary>Whether its gate, and the budget, let it through.</summary>
    public bool IsAdmitted => !IsOverBudget && Admission?.Refusal is null;
}

/// <summary>What became of a sub-call, and what it took.</summary>
internal readonly record struct SubCallResult(SubCallKey Key, ModelCallResult Call)
{
    public CallOutcome Outcome => Call.Outcome;

    public bool IsUsable => Call.Outcome == CallOutcome.Ok;
}
