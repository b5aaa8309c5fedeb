using Ensemble.Catalog;

namespace Ensemble.Testing;

/// <summary>Ensembles for tests. What is not named here is set with <c>with</c>.</summary>
public static class TestEnsembles
{
    /// <param name="members">Aliases of direct models, each asked once.</param>
    /// <param name="minResponses">Null = the smaller of 2 and the panel, as for any catalog.</param>
    public static EnsembleConfig Of(
        string alias,
        IReadOnlyList<string> members,
        string judge,
        int? minResponses = null,
        IReadOnlyList<string>? fallbacks = null,
        TimeSpan? timeout = null) =>
        Of(alias, [.. members.Select(member => new PanelMemberConfig { Model = member })], judge, minResponses, fallbacks, timeout);

    /// <summary>An ensemble of three members whose strategy uses all of them, and the judge for whatever it decides by.</summary>
    public static EnsembleConfig Of(StrategyKind strategy, string alias, IReadOnlyList<string> members, string judge) => Of(alias, members, judge, minResponses: strategy == StrategyKind.Vote ? 2 : null) with
    {
        Strategy = strategy,
        Confidence = new ConfidenceConfig(ConfidenceSource.SelfReport),
        Verify = new VerifyConfig { Primary = members[0], Verifier = judge, EscalateTo = members[1] },
        Route = new RouteConfig { Rules = [new RouteRule(new RouteCondition { MinWords = 1000 }, members[0])], Classifier = judge, Default = members[1] },
        Specialist = new SpecialistConfig { Planner = judge, Members = new Dictionary<string, string> { ["facts"] = members[0], ["words"] = members[1], ["numbers"] = members[2] } },
    };

    public static EnsembleConfig Of(
        string alias,
        IReadOnlyList<PanelMemberConfig> panel,
        string judge,
        int? minResponses = null,
        IReadOnlyList<string>? fallbacks = null,
        TimeSpan? timeout = null) => new()
        {
            DisplayName = alias,
            Panel = panel,
            Judge = new JudgeConfig { Model = judge, Fallbacks = fallbacks ?? [] },
            MinResponses = minResponses ?? Math.Min(2, panel.Sum(member => member.Samples)),
            Timeout = timeout,
        };
}
