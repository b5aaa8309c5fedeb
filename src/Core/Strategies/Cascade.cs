using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Judging;
using Ensemble.Panels;
using Ensemble.Runs;

namespace Ensemble.Strategies;

/// <summary>
/// Asks rung after rung until one is accepted: several members by their agreement, one by the substance of its answer, both by the
/// verifier where there is one. What earlier rungs said counts on. The last rung is always accepted.
/// </summary>
internal sealed class Cascade(EnsembleConfig ensemble) : IStrategy
{
    public async Task<RunEnd> ExecuteAsync(RunContext context)
    {
        var rungs = CascadeRungs.Of(ensemble);
        var format = context.Format;
        var found = new List<Candidate>();
        var missing = new List<SubCallResult>();
        for (var index = 0; index < rungs.Count; index++)
        {
            var isLast = index == rungs.Count - 1;
            if (isLast && rungs[index] is [var only] && ensemble.Panel[only].Samples == 1 && !ToolOffer.Of(context.Chat, ensemble.Tools).IsSent)
            {
                return await LastAsync(context, only, index, found, missing);
            }

            var slots = rungs[index].SelectMany(member => PanelSlot.Of(ensemble, member, context.Chat, context.Catalog)).ToArray();
            var round = await AskAsync(context, slots, isLast);
            missing.AddRange(round.Panel.Missing);
            found.AddRange(round.Ballot.Candidates);
            if (context.Deadline.IsOver)
            {
                break;
            }

            if (Accepted(context, format, round.Ballot, found, index, isLast) is { } accepted
                && (isLast || ensemble.Cascade.Verifier is not { } verifier || (await Audit.AskAsync(context, ensemble, verifier, accepted, index)).Passes == true))
            {
                context.Findings.Save(Savings.OfUnmade(context, rungs.Skip(index + 1).SelectMany(rung => rung).SelectMany(member => PanelSlot.Of(ensemble, member, context.Chat, context.Catalog))));
                return Giving.Give(context, accepted, "cascade", "accepted", round.Ballot.Agreement);
            }
        }

        return Exhausted(context, found, missing, null);
    }

    private async Task<PanelRound> AskAsync(RunContext context, PanelSlot[] slots, bool isLast)
    {
        var answers = slots.Sum(slot => slot.Answers);
        var reader = Ballot.Reader(context, ensemble);
        return await PanelRound.AskAsync(context, ensemble, PanelPlan.Of(context, ensemble) with
        {
            Slots = slots,

            // Fewer cannot agree; of the last rung any answer is taken.
            Required = isLast ? 1 : Math.Min(answers, Math.Max((answers / 2) + 1, ensemble.MinResponses)),
            Grace = ensemble.StragglerGrace ?? StragglerGrace.All,
            IsDecided = (candidates, weightOut) => ensemble.Cascade.MinAgreement < 1
                && VoteRule.IsSettled(Ballot.Of(reader, ensemble, candidates), weightOut)
                && IsEnough(Ballot.Of(reader, ensemble, candidates), weightOut),
        });
    }

    /// <summary>Whether those who agree are enough, whatever those who are out say.</summary>
    private bool IsEnough(Ballot ballot, double weightOut)
    {
        var weight = ballot.Candidates.Sum(candidate => candidate.Weight);
        return ballot.Agreement * weight / (weight + weightOut) >= ensemble.Cascade.MinAgreement;
    }

    /// <returns>The answer that this rung settles on; null where the next one is needed.</returns>
    private Candidate? Accepted(RunContext context, AnswerFormat format, Ballot rung, List<Candidate> found, int index, bool isLast)
    {
        var all = Ballot.Of(Ballot.Reader(context, ensemble), ensemble, found);
        if (rung.Fitting(format)?.Where(candidate => Substance.HasSubstance(candidate.Answer)) is not { } ballot)
        {
            context.Findings.Decide(new DecisionManifest("rung", "rejected") { Index = index, Reason = rung.Candidates.Count == 0 ? "no_answer" : "no_substance" });
            return null;
        }

        if (ballot.Candidates.Count == 1 && (isLast || CountOf(index) == 1))
        {
            context.Findings.Decide(new DecisionManifest("rung", "accepted") { Index = index, Reason = "substance" });
            return ballot.Candidates[0];
        }

        // Those of earlier rungs may be the ones that agree with this one.
        foreach (var (ballots, reason) in new[] { (ballot, "agreement"), (all.Fitting(format), "agreement_with_earlier_rungs") })
        {
            if (ballots is { Agreement: { } agreement } && agreement >= ensemble.Cascade.MinAgreement)
            {
                context.Findings.Decide(new DecisionManifest("rung", "accepted") { Index = index, Reason = reason, Value = agreement });
                return ballots.Candidates[VoteRule.Decide(ballots).Winner];
            }
        }

        if (isLast)
        {
            var vote = VoteRule.Decide(all.Fitting(format) ?? all);
            var chosen = vote.IsDecided ? (all.Fitting(format) ?? all).Candidates[vote.Winner] : ballot.Candidates[VoteRule.Decide(ballot).Winner];
            context.Findings.Decide(new DecisionManifest("rung", "accepted") { Index = index, Reason = vote.IsDecided ? "plurality" : "last_rung", Value = ballot.Agreement });
            return chosen;
        }

        context.Findings.Decide(new DecisionManifest("rung", "rejected") { Index = index, Reason = "agreement", Value = ballot.Agreement });
        return null;
    }

    private int CountOf(int rung) => CascadeRungs.Of(ensemble)[rung].Sum(member => ensemble.Panel[member].Samples);

    /// <summary>One member, whose answer is given whatever it is: live where it is streamed.</summary>
    private async Task<RunEnd> LastAsync(RunContext context, int member, int index, List<Candidate> found, List<SubCallResult> missing)
    {
        var calls = new MemberCall(context, ensemble);
        var result = await new AnswerChain(context, ensemble).WriteAsync([calls.Writer(ensemble.Panel[member].Model, new SubCallKey(SubCallStep.Candidate, member, 0))]);
        if (result.Overflowed)
        {
            return Giving.TooLarge;
        }

        if (result.Answer is { } answer)
        {
            context.Findings.Decide(new DecisionManifest("rung", "accepted") { Index = index, Reason = "last_rung", Member = member, Sample = 0 });
            return answer;
        }

        return Exhausted(context, found, missing, result);
    }

    private RunEnd Exhausted(RunContext context, List<Candidate> found, List<SubCallResult> missing, JudgeResult? last)
    {
        if (context.Deadline.IsCancelled)
        {
            return Giving.Cancelled;
        }

        if (last is not { Shown: true } && found.Count > 0 && ensemble.OnJudgeFailure != OnJudgeFailure.Fail
            && Giving.GiveBest(context, Ballot.Of(Ballot.Reader(context, ensemble), ensemble, found), JudgeFailure.Reason(context, "last_rung_failed")) is { } best)
        {
            return best;
        }

        var failures = last is null ? missing : [.. missing, .. last.Failures];
        return JudgeFailure.OfMembers(context, new JudgeResult(null, failures, last is { Shown: true }, Overflowed: false));
    }
}
