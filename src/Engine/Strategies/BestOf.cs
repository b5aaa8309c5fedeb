using Ensemble.Catalog;
using Ensemble.Judging;
using Ensemble.Panels;
using Ensemble.Runs;
using Ensemble.Usage;

namespace Ensemble.Strategies;

/// <summary>
/// A judge picks a candidate, which is given as it stands. With a second reading in the reverse order a pick counts only where both
/// name the same one, or two that say the same: a judge that prefers a place in the list, whatever stands there, has not chosen.
/// </summary>
internal sealed class BestOf(EnsembleConfig ensemble) : IPanelDecision
{
    public PanelPlan Plan(RunContext context) => PanelPlan.Of(context, ensemble);

    public ValueTask<RunFailure?> CheckAvailableAsync(RunContext context) =>
        ensemble.OnJudgeFailure == OnJudgeFailure.Fail && ensemble.MinResponses > 1
        ? new JudgeChain(context, ensemble, ensemble.Judge!).CheckAvailableAsync()
        : default;

    public async Task<RunEnd> DecideAsync(RunContext context, PanelRound round)
    {
        // A pick is given as it stands, so that the judge chooses among those that may be given.
        if (round.CandidateSet.Fitting(context.Format) is not { } candidateSet)
        {
            return PanelFailure.NoneInFormat;
        }

        if (candidateSet.Candidates is [var only] && !ensemble.AlwaysJudge)
        {
            return RunResults.Emit(context, only, "pick", "only_answer_in_format");
        }

        var order = JudgePrompt.Shuffled(candidateSet.Candidates, context.Random("judge"));
        var readings = ensemble.BestOf.Swap
            ? await Task.WhenAll(PickAsync(context, order, 0), PickAsync(context, [.. order.Reverse()], 1))
            : [await PickAsync(context, order, 0)];
        if (readings[0].Picked is { } picked
            && readings.All(reading => reading.Picked is { } other && AreEqual(candidateSet, picked, other)))
        {
            return RunResults.Emit(context, picked, "pick", ensemble.BestOf.Swap ? "both_readings" : "reading");
        }

        if (context.Deadline.IsCancelled)
        {
            return RunResults.Cancelled;
        }

        var failed = Array.Find(readings, reading => reading.Picked is null);
        if (failed is null)
        {
            // The judge did its work, and cannot tell two apart: that is no failure of it.
            context.Diagnostics.Decide(new DecisionManifest("pick", "undecided") { Reason = "readings_differ" });
            return RunResults.EmitBest(context, candidateSet, "undecided") ?? new RunFailure(
                RunFailureKind.JudgeFailed, "The judge could not decide.");
        }

        var verdict = new JudgeResult(null, failed.Failures, Shown: false, Overflowed: false);
        return ensemble.OnJudgeFailure == OnJudgeFailure.Fail
            ? JudgeFailure.Of(context, verdict)
            : RunResults.EmitBest(context, candidateSet, JudgeFailure.Reason(context)) ?? JudgeFailure.Of(context, verdict);
    }

    /// <summary>Which of two that say the same is picked tells nothing of the judge.</summary>
    private static bool AreEqual(CandidateSet candidateSet, Candidate one, Candidate other)
    {
        var clusters = candidateSet.Clusters!.Clusters;
        return clusters[candidateSet.IndexOf(one)] == clusters[candidateSet.IndexOf(other)];
    }

    private async Task<Reading> PickAsync(RunContext context, IReadOnlyList<Candidate> order, int number)
    {
        var prompt = new JudgePrompt(context.Chat, Prompts.Pick, Prompts.PickVersion, order, context.Random($"pick-{number}"));
        var labels = Enumerable.Range(0, order.Count).Select(JudgePrompt.Label).ToArray();
        var reply = await new ControlCalls(context, ensemble).AskAsync(new ControlQuestion
        {
            Step = SubCallStep.Pick,
            Models = [ensemble.Judge!.Model, .. ensemble.Judge.Fallbacks],
            Prompt = prompt,
            Number = number,
            Schema = ControlSchema.OneOf("pick", "pick", labels),
            Effort = ensemble.Judge.ReasoningEffort,
            MaxTokens = ControlQuestion.MaxTokensFor(ensemble.Judge.ReasoningEffort),
        });
        if (number == 0 && reply.Value is not null)
        {
            context.Diagnostics.Judge = new JudgeManifest(prompt.Version, reply.Shown, SchemaValid: null);
        }

        var picked = reply.Value is { } value ? order[Array.IndexOf(labels, value.Member("pick")?.Text())] : null;
        if (picked is not null)
        {
            context.Diagnostics.Decide(
                new DecisionManifest("pick", "picked") { Index = number, Member = picked.Key.Member, Sample = picked.Key.Sample });
        }

        return new Reading(picked, reply.Failures);
    }

    private sealed record Reading(Candidate? Picked, IReadOnlyList<SubCallResult> Failures);
}
