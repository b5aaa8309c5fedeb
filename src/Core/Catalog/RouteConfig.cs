namespace Ensemble.Catalog;

/// <summary>Which model a request goes to. Every target is the alias of a direct model.</summary>
public sealed record RouteConfig
{
    /// <summary>The first that matches decides.</summary>
    public IReadOnlyList<RouteRule> Rules { get; init; } = [];

    /// <summary>A model that chooses between the targets where no rule matches; null = none.</summary>
    public string? Classifier { get; init; }

    /// <summary>Target → what it is good at, for the classifier.</summary>
    public IReadOnlyDictionary<string, string> Descriptions { get; init; } = new Dictionary<string, string>();

    /// <summary>Used if no rule and no classifier decides, or if the chosen target fails.</summary>
    public required string Default { get; init; }

    /// <summary>Audit of answers by other targets. If the audit fails, <see cref="Default"/> answers. Null = no audit.</summary>
    public RouteVerifyConfig? Verify { get; init; }

    /// <summary>
    /// The share, from 0 to 1, of requests routed elsewhere for which <see cref="Default"/> is asked as well, to compare. Default 0.
    /// </summary>
    public double ShadowRate { get; init; }

    /// <summary>
    /// What a classifier chooses between, each once: the rules' targets, the default, and further models that are described.
    /// </summary>
    public IReadOnlyList<string> Targets =>
        [.. Rules.Select(rule => rule.To).Append(Default).Concat(Descriptions.Keys).Distinct(StringComparer.Ordinal)];
}

/// <param name="To">The alias of a direct model.</param>
public sealed record RouteRule(RouteCondition When, string To);

/// <param name="Verifier">The alias of a direct model.</param>
public sealed record RouteVerifyConfig(string Verifier, OnVerifierFailure OnVerifierFailure = OnVerifierFailure.Escalate);
