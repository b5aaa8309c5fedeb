using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Judging;
using Ensemble.Panels;
using Ensemble.Runs;
using Ensemble.Usage;

namespace Ensemble.Strategies;

/// <summary>
/// The answer that most weight stands behind, in the words of one who gave it. Ends the panel as soon as those who are still out can
/// change nothing. Where no two agree a judge writes the answer, if there is one.
/// </summary>
internal sealed class Vote(EnsembleConfig ensemble) : IPanelDecision
{
    public PanelPlan Plan(RunContext context)
    {
        var reader = context.Reader(ensemble);
        return PanelPlan.Of(context, ensemble) with
        {
            Grace = ensemble.StragglerGrace ?? StragglerGrace.All,
            IsDecided = (candidates, outstandingWeight) => IsSettled(context, reader, candidates, outstandingWeight),
        };
    }

    public async Task<RunEnd> DecideAsync(RunContext context, PanelRound round)
    {
        if (round.CandidateSet.Fitting(context.Format) is not { } candidateSet)
        {
            return await NoneFitsAsync(context, round.CandidateSet);
        }

        var vote = VoteRule.Decide(candidateSet);
        var winner = candidateSet.Candidates[vote.Winner];
        if (vote.IsDecided)
        {
            return RunResults.Emit(context, winner, "vote", "plurality", Share(candidateSet, vote.Winner));
        }

        context.Diagnostics.Decide(new DecisionManifest("vote", "undecided") { Reason = "no_two_equal" });

        // Tool calls are never merged, so that no judge could write them.
        if (ensemble.Judge is { } judge && !candidateSet.CallsTools)
        {
            return await Synthesize.JudgeAsync(context, ensemble, () => Task.FromResult(round.CandidateSet), new JudgePrompt(
                context.Chat, judge, round.CandidateSet.Candidates, context.Random("judge")));
        }

        context.Diagnostics.Degrade("undecided");
        return RunResults.Emit(context, winner, "vote", "heaviest_member");
    }

    private async Task<RunEnd> NoneFitsAsync(RunContext context, CandidateSet candidateSet)
    {
        context.Diagnostics.Decide(new DecisionManifest("vote", "undecided") { Reason = "no_answer_in_format" });
        return ensemble.Judge is { } judge
            ? await Synthesize.JudgeAsync(context, ensemble, () => Task.FromResult(candidateSet), new JudgePrompt(
                context.Chat, judge, candidateSet.Candidates, context.Random("judge")))
            : PanelFailure.NoneInFormat;
    }

    private bool IsSettled(RunContext context, AnswerReader reader, IReadOnlyList<Candidate> candidates, double outstandingWeight) =>
        CandidateSet.Of(reader, ensemble, candidates).Fitting(context.Format) is { } candidateSet
            && VoteRule.IsSettled(candidateSet, outstandingWeight);

    private static double Share(CandidateSet candidateSet, int winner)
    {
        var cluster = candidateSet.Clusters!.Clusters[winner];
        var behind = candidateSet.Candidates
            .Where((_, index) => candidateSet.Clusters.Clusters[index] == cluster)
            .Sum(candidate => candidate.Weight);
        return behind / candidateSet.Candidates.Sum(candidate => candidate.Weight);
    }
}
