using Ensemble.Catalog;
using Ensemble.Judging;
using Ensemble.Panels;
using Ensemble.Runs;
using Ensemble.Upstreams;

namespace Ensemble.Strategies;

/// <summary>Panel, then a judge that writes one answer from the candidates.</summary>
internal sealed class Synthesize(EnsembleConfig ensemble) : IStrategy
{
    /// <summary>Whether even a single answer goes to the judge.</summary>
    private bool NeedsJudge => ensemble.MinResponses > 1 || ensemble.AlwaysJudge;

    public async Task<RunEnd> ExecuteAsync(RunContext context)
    {
        var judges = new JudgeChain(context, ensemble, ensemble.Judge!);
        if (ensemble.OnJudgeFailure == OnJudgeFailure.Fail && NeedsJudge && await judges.OutOfReachAsync() is { } failure)
        {
            return failure;
        }

        var (panel, manifest) = await Panel.AskAsync(context, ensemble);
        context.PanelHasClosed(manifest, panel.Candidates.Count < 2 ? null : BestCandidate.Clusters(panel.Candidates).Agreement);
        if (!panel.HasQuorum)
        {
            return context.Deadline.Passed
                ? new RunFailure(RunFailureKind.DeadlineExceeded, $"The deadline passed. {PanelFailure.Describe(panel)}")
                : PanelFailure.Explain(panel, message => NameScrubber.Scrub(message, context.Catalog, context.Chat.Model));
        }

        if (panel.Candidates.Count == 1 && !NeedsJudge)
        {
            return Give(context, panel.Candidates[0]);
        }

        var verdict = await judges.AskAsync(panel.Candidates);
        return verdict switch
        {
            { Overflowed: true } => TooLarge(),
            { Answer: { } answer } => answer,
            { Shown: true } => Failure(context, verdict),

            // Whoever left needs no second-best answer.
            _ when context.Deadline.IsCancelled => new RunFailure(RunFailureKind.Cancelled, "The run was cancelled."),
            _ => Fallback(context, panel) ?? Failure(context, verdict),
        };
    }

    private RunEnd? Fallback(RunContext context, PanelResult panel)
    {
        if (ensemble.OnJudgeFailure == OnJudgeFailure.Fail || BestCandidate.Of(panel.Candidates, AnswerFormat.Of(context.Chat)) is not { } best)
        {
            return null;
        }

        context.Degrade(context.Deadline.Passed ? "deadline" : "judge_failed");
        return Give(context, best);
    }

    private static RunEnd Give(RunContext context, Candidate candidate) =>
        context.Show(new AnswerDelta(candidate.Text)) ? new RunAnswer(candidate.Answer.FinishReason) : TooLarge();

    private static RunFailure TooLarge() => new(RunFailureKind.AnswerTooLarge, "The answer is larger than a run may hold.");

    private static RunFailure Failure(RunContext context, JudgeResult verdict)
    {
        var failures = verdict.Failures;
        if (context.Deadline.Passed)
        {
            return new RunFailure(RunFailureKind.DeadlineExceeded, verdict.Shown ? "The answer took longer than it may." : "The deadline passed before the judge answered.");
        }

        if (failures.Count > 0 && failures.All(PanelFailure.IsLimited))
        {
            return new RunFailure(RunFailureKind.RateLimited, "The judge of this ensemble is at its limit.")
            {
                RetryAfter = failures.Min(result => result.Call.RetryAfter),
            };
        }

        var timedOut = failures.Count > 0 && failures[^1].Outcome is CallOutcome.TimedOut or CallOutcome.Stalled;
        return timedOut
            ? new RunFailure(RunFailureKind.JudgeTimedOut, verdict.Shown ? "The judge fell silent in the middle of its answer." : "The judge did not answer in time.")
            : new RunFailure(RunFailureKind.JudgeFailed, verdict.Shown ? "The judge's answer broke off." : "The judge gave no answer.");
    }
}
