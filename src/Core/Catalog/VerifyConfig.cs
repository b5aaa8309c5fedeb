namespace Ensemble.Catalog;

/// <summary>Who answers, who audits, and who answers where the audit fails. Each is the alias of a direct model.</summary>
public sealed record VerifyConfig
{
    public required string Primary { get; init; }

    public required string Verifier { get; init; }

    public required string EscalateTo { get; init; }

    public OnVerifierFailure OnVerifierFailure { get; init; }
}

/// <summary>What happens to an answer if the verifier fails.</summary>
public enum OnVerifierFailure
{
    /// <summary>The answer is escalated, as after a failed audit.</summary>
    Escalate,

    /// <summary>The answer is returned, and the run is marked as degraded.</summary>
    Accept,
}
