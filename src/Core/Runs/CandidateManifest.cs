namespace Ensemble.Runs;

/// <summary>An answer that could be used, as the strategy saw it.</summary>
/// <param name="Member">Index in the panel, or in the strategy's own list of models.</param>
/// <param name="Sample">Index among that member's answers.</param>
/// <param name="Weight">What it counts.</param>
public sealed record CandidateManifest(int Member, int Sample, double Weight)
{
    /// <summary>
    /// What was found in it: <c>json</c>, <c>tool_calls</c>, <c>choice</c>, <c>number</c>, <c>yes_no</c>, <c>short_text</c>; null = prose,
    /// or nothing that counts.
    /// </summary>
    public string? AnswerType { get; init; }

    /// <summary>In canonical form; null unless content is captured.</summary>
    public string? Answer { get; init; }

    /// <summary>Answers of one number say the same; null where they were not compared.</summary>
    public int? Cluster { get; init; }

    /// <summary>By which the strategy chose, as the mean log-probability of an answer; null where it has none.</summary>
    public double? Score { get; init; }
}
