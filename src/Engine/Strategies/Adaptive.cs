using Ensemble.Catalog;
using Ensemble.Models;
using Ensemble.Panels;
using Ensemble.Runs;
using Ensemble.Usage;

namespace Ensemble.Strategies;

/// <summary>
/// Looks at what came: typed answers are counted, short ones go to the surest or to the middle, long or open ones to the judge. So the
/// judge is paid where it is of use.
/// </summary>
internal sealed class Adaptive(EnsembleConfig ensemble) : IPanelDecision
{
    /// <summary>Answers whose median is longer, in tokens, are long ones.</summary>
    private const long ShortAnswer = 64;

    /// <summary>Short answers that agree less than this have no surest: they differ in more than how sure their models are.</summary>
    private const double EnoughAgreement = 0.6;

    /// <summary>Assumed where a judge's context window is unknown, in tokens.</summary>
    private const long AssumedContext = 128_000;

    public PanelPlan Plan(RunContext context)
    {
        var plan = PanelPlan.Of(context, ensemble) with { Grace = ensemble.StragglerGrace ?? StragglerGrace.All };
        return Confidence.WithLogprobs(plan, context, ensemble);
    }

    public async Task<RunEnd> DecideAsync(RunContext context, PanelRound round)
    {
        var candidateSet = round.CandidateSet.Fitting(context.Format) ?? round.CandidateSet;
        var (way, reason) = Choose(context, candidateSet);
        context.Diagnostics.Decide(new DecisionManifest("adaptive", SnakeCase.Of(way)) { Reason = reason, Value = candidateSet.Agreement });
        if (way != StrategyKind.Synthesize && ensemble.Judge is { } judge
            && !(way == StrategyKind.Vote && !VoteRule.Decide(candidateSet).IsDecided))
        {
            context.Diagnostics.Save(Savings.OfJudge(context, judge, candidateSet.Candidates));
        }

        return way switch
        {
            StrategyKind.Vote => await new Vote(ensemble).DecideAsync(context, round),
            StrategyKind.Confidence => await Confidence.DecideAsync(context, ensemble, candidateSet),
            StrategyKind.Consensus => Consensus.Decide(context, candidateSet),
            _ => await new Synthesize(ensemble).DecideAsync(context, round),
        };
    }

    private (StrategyKind Way, string Reason) Choose(RunContext context, CandidateSet candidateSet)
    {
        if (candidateSet.AllTyped || candidateSet.CallsTools)
        {
            return (StrategyKind.Vote, "all_typed");
        }

        var lengths = candidateSet.Candidates.Select(candidate => TokenEstimate.OfText(candidate.Text)).Order().ToArray();
        if (lengths[lengths.Length / 2] <= ShortAnswer)
        {
            return candidateSet.Agreement >= EnoughAgreement
                ? (StrategyKind.Confidence, "short_and_alike")
                : (StrategyKind.Consensus, "short_and_different");
        }

        if (ensemble.Judge is not { } judge)
        {
            return (StrategyKind.Consensus, "no_judge");
        }

        var model = context.Catalog.Models[judge.Model];
        var needed = TokenEstimate.OfRequest(context.Chat) + lengths.Sum() + CallTokens.Answer(context.Chat, model);
        return needed > (model.ContextTokens ?? AssumedContext)
            ? (StrategyKind.Consensus, "over_the_judges_context")
            : (StrategyKind.Synthesize, "long_or_open");
    }
}
