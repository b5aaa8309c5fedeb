using Ensemble.Answers;
using Ensemble.Panels;
using Ensemble.Runs;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Strategies;

/// <summary>How a strategy ends its run: with one of the panel's answers, or with a failure that several strategies have.</summary>
internal static class RunResults
{
    public static readonly RunFailure TooLarge = new(RunFailureKind.AnswerTooLarge, "The answer is larger than a run may hold.");

    public static readonly RunFailure Cancelled = new(RunFailureKind.Cancelled, "The run was cancelled.");

    /// <param name="who">In the middle of a sentence: "the judge".</param>
    /// <param name="shown">Whether the caller has seen a part of the answer.</param>
    public static RunFailure DeadlinePassed(string who, bool shown) => new(
        RunFailureKind.DeadlineExceeded, shown ? "The answer took longer than it may." : $"The deadline passed before {who} answered.");

    /// <param name="who">At the start of a sentence: "The judge".</param>
    /// <param name="shown">Whether the caller has seen a part of the answer.</param>
    public static string TimedOut(string who, bool shown) =>
        shown ? $"{who} fell silent in the middle of its answer." : $"{who} did not answer in time.";

    /// <inheritdoc cref="TimedOut"/>
    public static string NoAnswer(string who, bool shown) => shown ? $"{who}'s answer broke off." : $"{who} gave no answer.";

    /// <inheritdoc cref="TimedOut"/>
    public static string WrongFormat(string who) => $"{who}'s answer is not in the format that the request asks for.";

    /// <summary>Gives a candidate as it stands: its text, or all of its tool calls with ids of ours.</summary>
    public static RunEnd Emit(RunContext context, Candidate candidate)
    {
        context.Diagnostics.Give(candidate.Key);
        if (!candidate.Answer.CallsTools)
        {
            return context.Show(new AnswerDelta(candidate.Text)) ? new RunAnswer(candidate.Answer.FinishReason) : TooLarge;
        }

        var model = context.Catalog.Ensembles[context.Chat.Model].Panel[candidate.Key.Member].Model;
        var choices = ToolAnswer.Write(candidate.Answer, new ToolCallIds(context.Request.Id, model), isWhole: !context.Chat.Stream);
        var reason = ToolAnswer.ReasonOf(candidate.Answer);
        return !context.Chat.Stream ? new RunAnswer(reason) { Choices = choices }
            : context.Show(new ChoicesDelta(ChoicesAsDelta.Convert(choices.ToArray()))) ? new RunAnswer(reason)
            : TooLarge;
    }

    /// <summary>Where no judge can: the candidate that the panel supports most.</summary>
    /// <returns>Null where the caller wants a format that none of them has.</returns>
    public static RunEnd? EmitBest(RunContext context, CandidateSet candidateSet, string reason)
    {
        if (BestCandidate.Of(candidateSet, context.Format) is not { } best)
        {
            return null;
        }

        context.Diagnostics.Degrade(reason);
        context.Diagnostics.Decide(
            new DecisionManifest("best_candidate", "chosen") { Reason = reason, Member = best.Key.Member, Sample = best.Key.Sample });
        return Emit(context, best);
    }

    /// <summary>Gives the chosen candidate, and says why.</summary>
    public static RunEnd Emit(RunContext context, Candidate candidate, string step, string reason, double? value = null)
    {
        context.Diagnostics.Decide(
            new DecisionManifest(step, "chosen")
            { Reason = reason, Member = candidate.Key.Member, Sample = candidate.Key.Sample, Value = value });
        return Emit(context, candidate);
    }
}
