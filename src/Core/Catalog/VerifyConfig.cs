namespace Ensemble.Catalog;

/// <summary>Who answers, who audits, and who answers where the audit fails. Each is the alias of a direct model.</summary>
public sealed record VerifyConfig
{
    public required string Primary { get; init; }

    public required string Verifier { get; init; }

    public required string EscalateTo { get; init; }

    public OnVerifierFailure OnVerifierFailure { get; init; }
}
