namespace Ensemble.Catalog;

/// <summary>Which members are asked first, and when their answer is enough.</summary>
public sealed record CascadeConfig
{
    /// <summary>Models of the panel, each in one rung; empty = the first two members, then each further one alone.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Rungs { get; init; } = [];

    /// <summary>The agreement, from 0 to 1, from which a rung of several members is accepted. Default 1.</summary>
    public double MinAgreement { get; init; } = 1;

    /// <summary>The alias of a direct model that audits the answer of each rung but the last; null = none.</summary>
    public string? Verifier { get; init; }
}
