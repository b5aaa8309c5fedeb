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
