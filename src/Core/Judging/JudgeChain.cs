using System.Collections.Frozen;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Gates;
using Ensemble.Models;
using Ensemble.Panels;
using Ensemble.Runs;
using Ensemble.Upstreams;

namespace Ensemble.Judging;

/// <summary>Asks the judge to write the answer, and its fallbacks in turn while nothing has been shown.</summary>
internal sealed class JudgeChain(RunContext context, EnsembleConfig ensemble, JudgeConfig judge)
{
    private static readonly FrozenSet<string> NeverSent = MemberEdits.NeverSent
        .Concat(["seed", "temperature", "top_p", "presence_penalty", "frequency_penalty"])
        .ToFrozenSet();

    private readonly string[] _judges = [judge.Model, .. judge.Fallbacks];
    private readonly AnswerFormat _format = AnswerFormat.Of(context.Chat);

    /// <summary>
    /// Looks before the panel is paid for whether any judge could be asked at all: not where each is cooling down, or over its limit for
    /// longer than the run may take.
    /// </summary>
    /// <returns>Why there can be no judge; null = there can.</returns>
    public async ValueTask<RunFailure?> OutOfReachAsync()
    {
        var left = ensemble.Deadline - context.Elapsed;
        TimeSpan? soonest = null;
        var isLimited = false;
        foreach (var name in _judges)
        {
            if (await context.RefusalAsync(context.Catalog.Models[name]) is not { } refusal
                || (refusal.Limit is not (GateLimit.Cooldown or GateLimit.OperatorFault) && refusal.RetryAfter <= left))
            {
                return null;
            }

            if (refusal.Limit != GateLimit.OperatorFault)
            {
                isLimited = true;
                soonest = soonest is null || refusal.RetryAfter < soonest ? refusal.RetryAfter : soonest;
            }
        }

        return isLimited
            ? new RunFailure(RunFailureKind.RateLimited, "The judge of this ensemble is at its limit.") { RetryAfter = soonest }
            : new RunFailure(RunFailureKind.JudgeFailed, "The judge of this ensemble cannot be asked.");
    }

    public async Task<JudgeResult> AskAsync(IReadOnlyList<Candidate> candidates)
    {
        var prompt = new JudgePrompt(context.Chat, judge, candidates, context.Random("judge"));
        var failures = new List<SubCallResult>();
        for (var index = 0; index < _judges.Length && !context.Deadline.IsOver; index++)
        {
            var stream = context.Chat.Stream ? new JudgeStream(context) : null;
            var result = await context.CallAsync(Question(prompt, context.Catalog.Models[_judges[index]], index, stream), context.Deadline.Token);
            if (stream is { Overflowed: true })
            {
                return new JudgeResult(null, failures, Shown: true, Overflowed: true);
            }

            if (result.IsUsable && Accepts(result.Call.Answer!, stream))
            {
                var answer = result.Call.Answer!;
                var fits = stream is not null || context.Show(new AnswerDelta(answer.Content));
                return new JudgeResult(new RunAnswer(answer.FinishReason), failures, Shown: true, Overflowed: !fits);
            }

            failures.Add(result);
            if (stream is { Shown: true })
            {
                // A filter may end an answer that had begun; that is an end, and the caller is told which.
                return result.Outcome == CallOutcome.Filtered
                    ? new JudgeResult(new RunAnswer("content_filter"), failures, Shown: true, Overflowed: false)
                    : new JudgeResult(null, failures, Shown: true, Overflowed: false);
            }
        }

        return new JudgeResult(null, failures, Shown: false, Overflowed: false);
    }

    /// <returns>False where the answer is not what the caller's schema asks for and another judge may still write one.</returns>
    private bool Accepts(ChatAnswer answer, JudgeStream? stream)
    {
        var valid = _format.Accepts(answer.Content);
        context.Judge = context.Judge! with { SchemaValid = valid };
        return stream is not null || valid != false;
    }

    private SubCall Question(JudgePrompt prompt, ModelConfig model, int index, JudgeStream? stream)
    {
        var edits = new RequestEdits(NeverSent);
        if (judge.Temperature is { } temperature)
        {
            edits.Set("temperature", temperature);
        }

        context.Judge = new JudgeManifest(prompt.Version, prompt.Write(edits, model), SchemaValid: null);
        return new SubCall(new SubCallKey(SubCallStep.Synthesis, index, 0), SubCallRole.Judge, new ModelCall
        {
            Model = model,
            Chat = context.Chat,
            Edits = edits,
            Timeout = ensemble.Timeout ?? model.Timeout,
            IdleTimeout = ensemble.IdleTimeout,
            Sink = stream,

            // Another judge at once is better than this one later.
            WaitForGate = index == _judges.Length - 1,
        });
    }
}
