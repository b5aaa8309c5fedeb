namespace Ensemble.Runs;

/// <summary>A step of a strategy, and why it went that way.</summary>
/// <param name="Step">What was decided, as <c>vote</c>, <c>rung</c>, <c>route</c>, <c>audit</c>.</param>
/// <param name="Verdict">How, as <c>accepted</c>.</param>
public sealed record DecisionManifest(string Step, string Verdict)
{
    /// <summary>A stable word, or a short sentence; never text of a prompt or an answer unless content is captured.</summary>
    public string? Reason { get; init; }

    /// <summary>Of several of that kind, which; from 0.</summary>
    public int? Index { get; init; }

    /// <summary>Whose answer was chosen, where one was.</summary>
    public int? Member { get; init; }

    public int? Sample { get; init; }

    /// <summary>By which it was measured, as the agreement of a rung.</summary>
    public double? Value { get; init; }
}
