using Ensemble.Catalog;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Support;

/// <summary>A council of each strategy, whose models answer rightly, also where they are asked to decide something.</summary>
internal static class StrategyCouncil
{
    private const int TokensOfACall = 15;

    public static TheoryData<StrategyKind> Strategies => [.. Enum.GetValues<StrategyKind>()];

    /// <param name="members">What the members answer.</param>
    /// <param name="judge">What the judge writes.</param>
    /// <param name="shape">Changes the ensemble.</param>
    public static async Task<Council> StartAsync(
        StrategyKind strategy, string members = "Paris.", string judge = "It is Paris.", Func<EnsembleConfig, EnsembleConfig>? shape = null)
    {
        var council = await Council.StartAsync(shape: _ =>
        {
            // All three, so that what a run takes does not depend on who is fast.
            var ensemble = TestEnsembles.Of(strategy, "council", Council.Members, Council.Judge) with { MinResponses = 3, Analysis = true };
            return shape?.Invoke(ensemble) ?? ensemble;
        });
        council.AllMembers(AssistantAnswers.Of(members));
        council.Model(Council.Judge).Default = AssistantAnswers.Of(judge);
        return council;
    }

    /// <summary>Whether a judge writes the answer; else it is a member's.</summary>
    public static bool IsJudges(StrategyKind strategy) => strategy is StrategyKind.Synthesize or StrategyKind.Specialist;

    /// <summary>What a run takes.</summary>
    public static int Tokens(StrategyKind strategy) => TokensOfACall * strategy switch
    {
        // Panel, comparison, judge.
        StrategyKind.Synthesize => 5,

        // Panel and pick.
        StrategyKind.BestOf => 4,

        // Each member, and each once more for its confidence.
        StrategyKind.Confidence => 6,

        // Plan, two parts, judge.
        StrategyKind.Specialist => 4,
        StrategyKind.Vote or StrategyKind.Consensus or StrategyKind.Adaptive => 3,

        // The first rung; answer and audit; classifier and target.
        StrategyKind.Cascade or StrategyKind.Verify or StrategyKind.Route => 2,
        _ => throw new ArgumentOutOfRangeException(nameof(strategy)),
    };
}
