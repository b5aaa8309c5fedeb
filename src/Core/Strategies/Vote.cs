using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Judging;
using Ensemble.Panels;
using Ensemble.Runs;

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
            IsDecided = (candidates, weightOut) => IsSettled(context, reader, candidates, weightOut),
        };
    }

    public async Task<RunEnd> DecideAsync(RunContext context, PanelRound round)
    {
        if (round.Ballot.Fitting(context.Format) is not { } ballot)
        {
            return await NobodyFitsAsync(context, round.Ballot);
        }

        var vote = VoteRule.Decide(ballot);
        var winner = ballot.Candidates[vote.Winner];
        if (vote.IsDecided)
        {
            return RunEnds.Give(context, winner, "vote", "plurality", Share(ballot, vote.Winner));
        }

        context.Findings.Decide(new DecisionManifest("vote", "undecided") { Reason = "no_two_equal" });

        // Tool calls are never merged, so that no judge could write them.
        if (ensemble.Judge is { } judge && !ballot.CallsTools)
        {
            return await Synthesize.JudgeAsync(context, ensemble, () => Task.FromResult(round.Ballot), new JudgePrompt(
                context.Chat, judge, round.Ballot.Candidates, context.Random("judge")));
        }

        context.Findings.Degrade("undecided");
        return RunEnds.Give(context, winner, "vote", "heaviest_member");
    }

    private async Task<RunEnd> NobodyFitsAsync(RunContext context, Ballot ballot)
    {
        context.Findings.Decide(new DecisionManifest("vote", "undecided") { Reason = "no_answer_in_format" });
        return ensemble.Judge is { } judge
            ? await Synthesize.JudgeAsync(context, ensemble, () => Task.FromResult(ballot), new JudgePrompt(
                context.Chat, judge, ballot.Candidates, context.Random("judge")))
            : PanelFailure.NoneInFormat;
    }

    private bool IsSettled(RunContext context, AnswerReader reader, IReadOnlyList<Candidate> candidates, double weightOut) =>
        Ballot.Of(reader, ensemble, candidates).Fitting(context.Format) is { } ballot && VoteRule.IsSettled(ballot, weightOut);

    private static double Share(Ballot ballot, int winner)
    {
        var cluster = ballot.Clusters!.Clusters[winner];
        var behind = ballot.Candidates.Where((_, index) => ballot.Clusters.Clusters[index] == cluster).Sum(candidate => candidate.Weight);
        return behind / ballot.Candidates.Sum(candidate => candidate.Weight);
    }
}
