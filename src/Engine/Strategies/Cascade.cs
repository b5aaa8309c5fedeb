using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Judging;
using Ensemble.Panels;
using Ensemble.Runs;
using Ensemble.Upstreams;
using Ensemble.Usage;

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
        var found = new List<Candidate>();
        var missing = new List<SubCallResult>();
        var turn = await context.TurnAsync(ensemble);
        var continued = await AdvisedAnswer.ContinueAsync(
            context, ensemble, () => Writers(context, rungs[^1], null), JudgeFailure.OfMembers);
        if (continued is { } end)
        {
            return end;
        }

        for (var index = 0; index < rungs.Count; index++)
        {
            var isLast = index == rungs.Count - 1;
            if (isLast && turn.Tools.IsOpen)
            {
                return await AdvisedAsync(context, rungs[index], found, missing);
            }

            if (isLast && rungs[index] is [var only] && ensemble.Panel[only].Samples == 1
                && !ToolOffer.ForMembers(context.Chat, ensemble.Tools).IsSent)
            {
                return await LastAsync(context, only, index, found, missing);
            }

            var slots = rungs[index].SelectMany(member => PanelSlot.Of(ensemble, member, context.Chat, context.Catalog)).ToArray();
            var round = await AskAsync(context, slots, found, index, isLast);
            missing.AddRange(round.Panel.Missing);
            found.AddRange(round.CandidateSet.Candidates);
            if (context.Deadline.IsOver)
            {
                break;
            }

            if (Accepted(context, round, index, isLast) is var (accepted, by)
                && (isLast || turn.Tools.IsOpen || ensemble.Cascade.Verifier is not { } verifier
                    || (await Audit.AskAsync(context, ensemble, verifier, accepted, index)).Passes == true))
            {
                context.Diagnostics.Agree(by.Candidates.Count, by.Agreement);
                var skipped = rungs.Skip(index + 1).SkipLast(turn.Tools.IsOpen ? 1 : 0);
                context.Diagnostics.Save(Savings.OfSkipped(context, skipped.SelectMany(rung => rung).SelectMany(
                    member => PanelSlot.Of(ensemble, member, context.Chat, context.Catalog))));

                // Only the last rung may call tools: this one's answers are what it is advised.
                return turn.Tools.IsOpen
                    ? await AdvisedAsync(context, rungs[^1], found, missing)
                    : RunResults.Emit(context, accepted, "cascade", "accepted", by.Agreement);
            }
        }

        return await ExhaustedAsync(context, found, missing, null);
    }

    private async Task<PanelRound> AskAsync(RunContext context, PanelSlot[] slots, List<Candidate> earlier, int index, bool isLast)
    {
        var answers = slots.Sum(slot => slot.Answers);
        var reader = context.Reader(ensemble);
        return await PanelRound.AskAsync(context, ensemble, PanelPlan.Of(context, ensemble) with
        {
            Slots = slots,

            // Fewer cannot agree; of the last rung any answer is taken.
            Required = isLast ? 1 : Math.Min(answers, Math.Max((answers / 2) + 1, ensemble.MinResponses)),
            Grace = ensemble.StragglerGrace ?? StragglerGrace.All,
            IsDecided = (candidates, outstandingWeight) => ensemble.Cascade.MinAgreement < 1
                && IsSettled(CandidateSet.Of(reader, ensemble, candidates), outstandingWeight),
        }, earlier, index);
    }

    /// <summary>Whether those who agree are enough, whatever those who are out say.</summary>
    private bool IsSettled(CandidateSet candidateSet, double outstandingWeight)
    {
        if (!VoteRule.IsSettled(candidateSet, outstandingWeight))
        {
            return false;
        }

        var weight = candidateSet.Candidates.Sum(candidate => candidate.Weight);
        return candidateSet.Agreement * weight / (weight + outstandingWeight) >= ensemble.Cascade.MinAgreement;
    }

    /// <returns>The answer that this rung settles on, and the answers whose comparison decided that; null where the next rung is
    /// needed.</returns>
    private (Candidate Answer, CandidateSet By)? Accepted(RunContext context, PanelRound round, int index, bool isLast)
    {
        var all = round.All.Fitting(context.Format) ?? round.All;
        if (round.CandidateSet.Fitting(context.Format)?.Where(candidate => RefusalDetector.HasAnswer(candidate.Answer))
            is not { } candidateSet)
        {
            context.Diagnostics.Decide(
                new DecisionManifest("rung", "rejected")
                { Index = index, Reason = round.CandidateSet.Candidates.Count == 0 ? "no_answer" : "no_substance" });
            return null;
        }

        if (candidateSet.Candidates.Count == 1 && (isLast || CountOf(index) == 1))
        {
            context.Diagnostics.Decide(new DecisionManifest("rung", "accepted") { Index = index, Reason = "substance" });
            return (candidateSet.Candidates[0], all);
        }

        // Those of earlier rungs may be the ones that agree with this one.
        foreach (var (ballots, reason) in new[] { (candidateSet, "agreement"), (all, "agreement_with_earlier_rungs") })
        {
            if (ballots.Agreement is { } agreement && agreement >= ensemble.Cascade.MinAgreement)
            {
                context.Diagnostics.Decide(new DecisionManifest("rung", "accepted") { Index = index, Reason = reason, Value = agreement });
                return (ballots.Candidates[VoteRule.Decide(ballots).Winner], ballots);
            }
        }

        if (isLast)
        {
            var vote = VoteRule.Decide(all);
            var (by, reason) = vote.IsDecided ? (all, "plurality") : (candidateSet, "last_rung");
            context.Diagnostics.Decide(new DecisionManifest("rung", "accepted") { Index = index, Reason = reason, Value = by.Agreement });
            return (by.Candidates[VoteRule.Decide(by).Winner], by);
        }

        context.Diagnostics.Decide(
            new DecisionManifest("rung", "rejected") { Index = index, Reason = "agreement", Value = candidateSet.Agreement });
        return null;
    }

    private int CountOf(int rung) => CascadeRungs.Of(ensemble)[rung].Sum(member => ensemble.Panel[member].Samples);

    /// <summary>One member, whose answer is given whatever it is: live where it is streamed.</summary>
    private async Task<RunEnd> LastAsync(RunContext context, int member, int index, List<Candidate> found, List<SubCallResult> missing)
    {
        var calls = new MemberCall(context, ensemble);
        var key = new SubCallKey(SubCallStep.Candidate, member, 0);
        var result = await new AnswerChain(context, ensemble).WriteAsync([calls.Writer(ensemble.Panel[member].Model, key)]);
        if (result.Overflowed)
        {
            return RunResults.TooLarge;
        }

        if (result.Answer is { } answer)
        {
            context.Diagnostics.Decide(
                new DecisionManifest("rung", "accepted") { Index = index, Reason = "last_rung", Member = member, Sample = 0 });
            var last = new Candidate(key, new ChatAnswer(result.Text!, answer.FinishReason), ensemble.Panel[member].Weight);
            var all = await CandidateSet.CompareAsync(context, ensemble, [.. found, last], index);
            context.Diagnostics.Compare(all.Manifest(context));
            context.Diagnostics.Give(key);
            context.Diagnostics.Agree(all.Candidates.Count, (all.Fitting(context.Format) ?? all).Agreement);
            return answer;
        }

        return await ExhaustedAsync(context, found, missing, result);
    }

    /// <summary>The members of the last rung, each in place of one that fails: they alone may call tools.</summary>
    private async Task<RunEnd> AdvisedAsync(RunContext context, IReadOnlyList<int> rung, List<Candidate> found, List<SubCallResult> missing)
    {
        var prompt = found.Count == 0 ? null : new JudgePrompt(
            context.Chat, null, JudgePrompt.AdviseVersion, found, context.Random("advice"), callsTools: true);
        var result = await new AnswerChain(context, ensemble).WriteAsync(Writers(context, rung, prompt));
        if (result.Writer is { } writer)
        {
            context.Diagnostics.Decide(
                new DecisionManifest("rung", "accepted")
                { Index = CascadeRungs.Of(ensemble).Count - 1, Reason = "last_rung", Member = writer.Key.Member, Sample = 0 });
        }

        return result switch
        {
            { Overflowed: true } => RunResults.TooLarge,
            { Answer: { } answer } => answer,
            _ => JudgeFailure.OfMembers(context, result with { Failures = [.. missing, .. result.Failures] }),
        };
    }

    private AnswerWriter[] Writers(RunContext context, IReadOnlyList<int> rung, JudgePrompt? prompt)
    {
        var calls = new MemberCall(context, ensemble);
        return
        [
            .. rung.Select(member => calls.Writer(
                ensemble.Panel[member].Model, new SubCallKey(SubCallStep.Candidate, member, 0), prompt)),
        ];
    }

    private async Task<RunEnd> ExhaustedAsync(RunContext context, List<Candidate> found, List<SubCallResult> missing, JudgeResult? last)
    {
        if (context.Deadline.IsCancelled)
        {
            return RunResults.Cancelled;
        }

        // Where tools may be called, the others' answers are advice.
        var isAdvice = (await context.TurnAsync(ensemble)).Tools.IsOpen;
        if (last is not { Shown: true } && !isAdvice && found.Count > 0 && ensemble.OnJudgeFailure != OnJudgeFailure.Fail
            && await EmitBestAsync(context, found) is { } best)
        {
            return best;
        }

        var failures = last is null ? missing : [.. missing, .. last.Failures];
        return JudgeFailure.OfMembers(context, new JudgeResult(null, failures, last is { Shown: true }, Overflowed: false));
    }

    private async Task<RunEnd?> EmitBestAsync(RunContext context, List<Candidate> found)
    {
        var all = await CandidateSet.CompareAsync(context, ensemble, found, CascadeRungs.Of(ensemble).Count);
        context.Diagnostics.Agree(found.Count, (all.Fitting(context.Format) ?? all).Agreement);
        return RunResults.EmitBest(context, all, JudgeFailure.Reason(context, "last_rung_failed"));
    }
}
