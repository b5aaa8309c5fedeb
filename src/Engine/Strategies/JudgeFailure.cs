using Ensemble.Judging;
using Ensemble.Panels;
using Ensemble.Runs;
using Ensemble.Upstreams;

namespace Ensemble.Strategies;

/// <summary>Says why a judge, or a model that was to write the answer, has given none.</summary>
internal static class JudgeFailure
{
    /// <summary>Why something else is given in its place: for the header and the manifest.</summary>
    public static string Reason(RunContext context, string usual = "judge_failed") =>
        context.Deadline.HasPassed ? "deadline" : context.Calls.IsOverBudget ? "budget" : usual;

    public static RunFailure Of(RunContext context, JudgeResult verdict)
    {
        var failures = verdict.Failures;
        if (context.Deadline.IsCancelled)
        {
            return RunResults.Cancelled;
        }

        if (context.Deadline.HasPassed)
        {
            return RunResults.DeadlinePassed("the judge", verdict.Shown);
        }

        if (failures.Count > 0 && failures.All(result => result.Outcome == CallOutcome.BudgetExceeded))
        {
            return new RunFailure(RunFailureKind.BudgetExceeded, "The judge does not fit the budget of this run.") { IsPermanent = true };
        }

        if (failures.Count > 0 && failures.All(PanelFailure.IsLimited))
        {
            return new RunFailure(RunFailureKind.PanelRateLimited, PanelFailure.Limited(failures, "The judge of this ensemble is"))
            {
                RetryAfter = failures.Min(result => result.Call.RetryAfter),
            };
        }

        if (failures.Count > 0 && failures[^1].Outcome == CallOutcome.WrongFormat)
        {
            return new RunFailure(RunFailureKind.JudgeFailed, RunResults.WrongFormat("The judge"));
        }

        var timedOut = failures.Count > 0 && failures[^1].Outcome is CallOutcome.TimedOut or CallOutcome.Stalled;
        return timedOut
            ? new RunFailure(RunFailureKind.JudgeTimeout, RunResults.TimedOut("The judge", verdict.Shown))
            : new RunFailure(RunFailureKind.JudgeFailed, RunResults.NoAnswer("The judge", verdict.Shown));
    }

    /// <summary>The same where no answer of the panel can stand in, either, for none is in the caller's format.</summary>
    public static RunFailure WithoutFallback(RunContext context, JudgeResult verdict)
    {
        var failure = Of(context, verdict);
        return verdict.Failures is [.., { Outcome: CallOutcome.WrongFormat }]
            ? failure
            : failure with { Message = $"{failure.Message} {PanelFailure.NoneInFormat.Message}" };
    }

    /// <summary>The same where the models are members, and each could have written the answer alone.</summary>
    public static RunEnd OfMembers(RunContext context, JudgeResult result)
    {
        if (context.Deadline.IsCancelled)
        {
            return RunResults.Cancelled;
        }

        if (context.Deadline.HasPassed)
        {
            return RunResults.DeadlinePassed("a model", result.Shown);
        }

        if (result.Shown)
        {
            return result.Failures[^1].Outcome switch
            {
                CallOutcome.TimedOut or CallOutcome.Stalled => new RunFailure(
                    RunFailureKind.JudgeTimeout, RunResults.TimedOut("The model", shown: true)),
                CallOutcome.WrongFormat => new RunFailure(RunFailureKind.JudgeFailed, RunResults.WrongFormat("The model")),
                _ => new RunFailure(RunFailureKind.JudgeFailed, RunResults.NoAnswer("The model", shown: true)),
            };
        }

        return PanelFailure.Explain(
            new PanelResult([], result.Failures, 1, Math.Max(1, result.Failures.Count)),
            message => NameScrubber.Scrub(message, context.Catalog, context.Chat.Model));
    }
}
