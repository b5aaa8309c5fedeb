using Ensemble.Catalog;
using Ensemble.Judging;
using Ensemble.Panels;
using Ensemble.Runs;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Strategies;

/// <summary>A judge writes one answer from the candidates; where it is told to, it compares them first.</summary>
/// <param name="callsTools">Whether the judge may call tools, and the candidates are advice.</param>
internal sealed class Synthesize(EnsembleConfig ensemble, bool callsTools = false) : IPanelDecision
{
    private static readonly string[] Lists = ["consensus", "contradictions", "partial_coverage", "unique_insights", "blind_spots"];

    private static readonly ControlSchema Analysis = new("analysis", """
        {"type":"object","additionalProperties":false,
         "required":["consensus","contradictions","partial_coverage","unique_insights","blind_spots"],
         "properties":{
          "consensus":{"type":"array","items":{"type":"string"}},
          "contradictions":{"type":"array","items":{"type":"string"}},
          "partial_coverage":{"type":"array","items":{"type":"string"}},
          "unique_insights":{"type":"array","items":{"type":"string"}},
          "blind_spots":{"type":"array","items":{"type":"string"}}}}
        """);

    private JudgeConfig Judge => ensemble.Judge!;

    /// <summary>Whether even a single answer goes to the judge.</summary>
    private bool NeedsJudge => ensemble.MinResponses > 1 || ensemble.AlwaysJudge;

    public PanelPlan Plan(RunContext context) => PanelPlan.Of(context, ensemble) with { ComparesLater = true };

    public ValueTask<RunFailure?> CheckAvailableAsync(RunContext context) => ensemble.OnJudgeFailure == OnJudgeFailure.Fail && NeedsJudge
        ? new JudgeChain(context, ensemble, Judge).CheckAvailableAsync()
        : default;

    public async Task<RunEnd> DecideAsync(RunContext context, PanelRound round)
    {
        // The answers are compared while the judge works. How far they agree is told before the answer, so that has to wait for it.
        context.BufferOutput();
        var compared = new TaskCompletionSource<CandidateSet>(TaskCreationOptions.RunContinuationsAsynchronously);
        var writing = WriteAsync(context, round.Panel.Candidates, compared);
        try
        {
            compared.SetResult((await round.ComparedAsync()).CandidateSet);
        }
        catch (Exception exception)
        {
            compared.SetException(exception);
            throw;
        }

        var fits = context.ReleaseOutput();
        var end = await writing;
        return fits ? end : RunResults.TooLarge;
    }

    /// <summary>Has the judge write the answer, or gives the best candidate where it cannot and may be done without.</summary>
    /// <param name="candidateSet">The candidates, compared: asked for where the best of them is given.</param>
    public static async Task<RunEnd> JudgeAsync(
        RunContext context, EnsembleConfig ensemble, Func<Task<CandidateSet>> candidateSet, JudgePrompt prompt)
    {
        var verdict = await new JudgeChain(context, ensemble, ensemble.Judge!).AskAsync(prompt);
        if (verdict is { Answer: { } said, Text: { } text })
        {
            context.Diagnostics.GiveWritten((await candidateSet()).ClusterOf(new ChatAnswer(text, said.FinishReason)));
        }

        return verdict switch
        {
            { Overflowed: true } => RunResults.TooLarge,
            { Answer: { } answer } => answer,
            { Shown: true } => JudgeFailure.Of(context, verdict),

            // A caller that left needs no second-best answer.
            _ when context.Deadline.IsCancelled => RunResults.Cancelled,
            _ when ensemble.OnJudgeFailure == OnJudgeFailure.Fail => JudgeFailure.Of(context, verdict),
            _ => RunResults.EmitBest(context, await candidateSet(), JudgeFailure.Reason(context))
                ?? JudgeFailure.WithoutFallback(context, verdict),
        };
    }

    private async Task<RunEnd> WriteAsync(
        RunContext context, IReadOnlyList<Candidate> candidates, TaskCompletionSource<CandidateSet> compared)
    {
        var note = ensemble.Analysis && candidates.Count > 1 ? await AnalyseAsync(context, candidates) : null;
        var prompt = new JudgePrompt(context.Chat, Judge, candidates, context.Random("judge"), note, callsTools);
        return await JudgeAsync(context, ensemble, () => compared.Task, prompt);
    }

    private async Task<string?> AnalyseAsync(RunContext context, IReadOnlyList<Candidate> candidates)
    {
        var random = context.Random("analysis");

        // In the order, and so by the letters, that the judge will see.
        var order = JudgePrompt.Shuffled(candidates, context.Random("judge"));
        var reply = await new ControlCalls(context, ensemble).AskAsync(new ControlQuestion
        {
            Step = SubCallStep.Analysis,
            Models = [Judge.Model, .. Judge.Fallbacks],
            Prompt = new JudgePrompt(context.Chat, Prompts.Analysis, Prompts.AnalysisVersion, order, random),
            Schema = Analysis,
            Effort = Judge.ReasoningEffort,
            MaxTokens = ControlQuestion.MaxTokensFor(Judge.ReasoningEffort),
        });
        if (reply.Value is not { } value)
        {
            context.Diagnostics.Decide(new DecisionManifest("analysis", "failed"));
            return null;
        }

        foreach (var list in Lists)
        {
            var items = value.Member(list)?.Items() ?? default;
            context.Diagnostics.Decide(new DecisionManifest("analysis", list)
            {
                Value = items.Count(),
                Reason = context.CapturesContent ? string.Join(" | ", items.Select(item => item.Text())) : null,
            });
        }

        return value.RawText();
    }
}
