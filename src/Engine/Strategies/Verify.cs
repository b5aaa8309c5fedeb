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
    private VerifyConfig Config => ensemble.Verify!;

    public async Task<RunEnd> ExecuteAsync(RunContext context)
    {
        var calls = new MemberCall(context, ensemble);
        var key = new SubCallKey(SubCallStep.Candidate, 0, 0);
        var primary = await calls.AskAsync(Config.Primary, key, context.Deadline.Token);
        if (!primary.IsUsable)
        {
            context.Diagnostics.Decide(new DecisionManifest("primary", "failed") { Reason = SnakeCase.Of(primary.Outcome) });
            return await EscalateAsync(context, calls, draft: null, issues: [], [primary]);
        }

        var draft = new Candidate(key, primary.Call.Answer!, 1);
        context.Diagnostics.Compare([new CandidateManifest(0, 0, 1)]);
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
        var message = draft is null ? (ReadOnlyMemory<byte>?)null : Audit.Rework(context, draft, issues);
        var result = await new AnswerChain(context, ensemble).WriteAsync(
            [calls.Writer(Config.EscalateTo, new SubCallKey(SubCallStep.Escalation, 0, 0), message)]);
        if (result.Overflowed)
        {
            return RunResults.TooLarge;
        }

        if (result.Answer is { } answer)
        {
            context.Diagnostics.Decide(new DecisionManifest("verify", "escalated"));
            return answer;
        }

        if (draft is not null && !result.Shown && !context.Deadline.IsCancelled && ensemble.OnJudgeFailure != OnJudgeFailure.Fail)
        {
            context.Diagnostics.Degrade(JudgeFailure.Reason(context, "escalation_failed"));
            return RunResults.Emit(context, draft, "verify", "escalation_failed");
        }

        return JudgeFailure.OfMembers(context, result with { Failures = [.. before, .. result.Failures] });
    }
}
