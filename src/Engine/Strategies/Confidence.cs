using Ensemble.Catalog;
using Ensemble.Judging;
using Ensemble.Panels;
using Ensemble.Providers.OpenAi;
using Ensemble.Runs;
using Ensemble.Upstreams;

namespace Ensemble.Strategies;

/// <summary>The candidate whose model is surest of it. One of which nobody knows how sure its model is abstains.</summary>
internal sealed class Confidence(EnsembleConfig ensemble) : IPanelDecision
{
    private static readonly byte[] True = "true"u8.ToArray();

    private static readonly ControlSchema Schema = new("confidence", """
        {"type":"object","additionalProperties":false,"required":["confidence"],"properties":{"confidence":{"type":"number","minimum":0,"maximum":1}}}
        """);

    public PanelPlan Plan(RunContext context) =>
        WithLogprobs(PanelPlan.Of(context, ensemble), context, ensemble) with { Grace = ensemble.StragglerGrace ?? StragglerGrace.All };

    /// <summary>Has members asked for their log-probabilities where those are what counts and their providers have them.</summary>
    public static PanelPlan WithLogprobs(PanelPlan plan, RunContext context, EnsembleConfig ensemble) =>
        ensemble.Confidence.Source != ConfidenceSource.Logprobs ? plan : plan with
        {
            KeepsChoices = true,
            Edits = slot => ModelCapabilities.HasLogprobs(context.Catalog.Models[slot.Member.Model])
                ? plan.Edits(slot).Set("logprobs", True)
                : plan.Edits(slot),
        };

    public Task<RunEnd> DecideAsync(RunContext context, PanelRound round) => DecideAsync(context, ensemble, round.CandidateSet);

    public static async Task<RunEnd> DecideAsync(RunContext context, EnsembleConfig ensemble, CandidateSet all)
    {
        if (all.Fitting(context.Format) is not { } candidateSet)
        {
            return PanelFailure.NoneInFormat;
        }

        var scores = ensemble.Confidence.Source == ConfidenceSource.Logprobs
            ? [.. candidateSet.Candidates.Select(candidate => Logprobs.Mean(candidate.Answer.Choices))]
            : await Task.WhenAll(candidateSet.Candidates.Select((candidate, index) => ReportAsync(context, ensemble, candidate, index)));
        context.Diagnostics.Compare(candidateSet.Manifest(context, scores));
        if (context.Deadline.IsCancelled)
        {
            return RunResults.Cancelled;
        }

        var surest = Enumerable.Range(0, scores.Length).Where(index => scores[index] is not null).OrderByDescending(index => scores[index])
            .ToArray();
        if (surest.Length == 0)
        {
            context.Diagnostics.Degrade(JudgeFailure.Reason(context, "no_confidence"));
            return Consensus.Decide(context, candidateSet);
        }

        return RunResults.Emit(
            context, candidateSet.Candidates[surest[0]], "confidence", SnakeCase.Of(ensemble.Confidence.Source), scores[surest[0]]);
    }

    private static async Task<double?> ReportAsync(RunContext context, EnsembleConfig ensemble, Candidate candidate, int number)
    {
        var reply = await new ControlCalls(context, ensemble).AskAsync(new ControlQuestion
        {
            Step = SubCallStep.SelfReport,
            Models = [ensemble.Panel[candidate.Key.Member].Model],
            Prompt = new JudgePrompt(
                context.Chat, Prompts.Confidence, Prompts.ConfidenceVersion, [candidate], context.Random($"confidence-{number}")),
            Number = number,
            Schema = Schema,
        });
        return reply.Value?.Member("confidence")?.Number();
    }
}
