using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Judging;
using Ensemble.Panels;
using Ensemble.Runs;
using Ensemble.Usage;

namespace Ensemble.Strategies;

/// <summary>One model answers, another audits; where the audit fails a third answers again, told what is wrong.</summary>
internal sealed class Verify(EnsembleConfig ensemble) : IStrategy
{
    private static readonly SubCallKey EscalationKey = new(SubCallStep.Escalation, 0, 0);

    private VerifyConfig Config => ensemble.Verify!;

    public async Task<RunEnd> ExecuteAsync(RunContext context)
    {
        var calls = new MemberCall(context, ensemble);
        var turn = await context.TurnAsync(ensemble);
        if (await AdvisedAnswer.ContinueAsync(
            context, ensemble, () => [calls.Writer(Config.EscalateTo, EscalationKey)], JudgeFailure.OfMembers) is { } end)
        {
            return end;
        }

        var key = new SubCallKey(SubCallStep.Candidate, 0, 0);
        var primary = await calls.AskAsync(Config.Primary, key, context.Deadline.Token);
        if (!primary.IsUsable)
        {
            context.Diagnostics.Decide(new DecisionManifest("primary", "failed") { Reason = SnakeCase.Of(primary.Outcome) });
            return await EscalateAsync(context, calls, draft: null, issues: [], [primary]);
        }

        var draft = new Candidate(key, primary.Call.Answer!, 1);
        context.Diagnostics.Compare([new CandidateManifest(0, 0, 1)]);
        if (turn.Tools.IsOpen && (turn.Tools.IsRequired || ToolAnswer.AdvisesCalls(draft.Answer)))
        {
            // It cannot pass as it stands: only the model that writes the answer may call.
            return await EscalateAsync(context, calls, draft, issues: [], []);
        }

        var audit = RefusalDetector.HasAnswer(draft.Answer)
            ? await Audit.AskAsync(context, ensemble, Config.Verifier, draft)
            : new Audit.Result(false, []);
        if (context.Deadline.IsCancelled)
        {
            return RunResults.Cancelled;
        }

        if (audit.Passes is null && Config.OnVerifierFailure == OnVerifierFailure.Accept)
        {
            context.Diagnostics.Degrade(JudgeFailure.Reason(context, "verifier_failed"));
            return RunResults.Emit(context, draft, "verify", "verifier_failed");
        }

        return audit.Passes == true
            ? RunResults.Emit(context, draft, "verify", "passed")
            : await EscalateAsync(context, calls, draft, audit.Issues, []);
    }

    private async Task<RunEnd> EscalateAsync(
        RunContext context, MemberCall calls, Candidate? draft, IReadOnlyList<string> issues, IReadOnlyList<SubCallResult> before)
    {
        var turn = await context.TurnAsync(ensemble);
        var writer = draft is null ? calls.Writer(Config.EscalateTo, EscalationKey)
            : turn.Tools.IsOpen ? calls.Writer(Config.EscalateTo, EscalationKey, Advice(context, draft, issues))
            : calls.Writer(Config.EscalateTo, EscalationKey, Audit.Rework(context, draft, issues));
        var result = await new AnswerChain(context, ensemble).WriteAsync([writer]);
        if (result.Overflowed)
        {
            return RunResults.TooLarge;
        }

        if (result.Answer is { } answer)
        {
            context.Diagnostics.Decide(new DecisionManifest("verify", "escalated"));
            return answer;
        }

        var mayGiveDraft = !turn.Tools.IsOpen && !result.Shown && ensemble.OnJudgeFailure != OnJudgeFailure.Fail;
        if (draft is not null && mayGiveDraft && !context.Deadline.IsCancelled)
        {
            context.Diagnostics.Degrade(JudgeFailure.Reason(context, "escalation_failed"));
            return RunResults.Emit(context, draft, "verify", "escalation_failed");
        }

        return JudgeFailure.OfMembers(context, result with { Failures = [.. before, .. result.Failures] });
    }

    private static JudgePrompt Advice(RunContext context, Candidate draft, IReadOnlyList<string> issues) => new(
        context.Chat, null, JudgePrompt.AdviseVersion, [draft], context.Random("advice"),
        issues.Count > 0 ? string.Join('\n', issues.Select(issue => $"- {issue}")) : null, callsTools: true);
}
