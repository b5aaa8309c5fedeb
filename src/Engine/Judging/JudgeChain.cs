using System.Collections.Frozen;
using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Gates;
using Ensemble.Panels;
using Ensemble.Runs;
using Ensemble.Usage;

namespace Ensemble.Judging;

/// <summary>Asks the judge to write the answer, and its fallbacks in turn while nothing has been shown.</summary>
internal sealed class JudgeChain(RunContext context, EnsembleConfig ensemble, JudgeConfig judge)
{
    private static readonly FrozenSet<string> AlwaysDropped = MemberEdits.AlwaysDropped
        .Concat(["seed", "temperature", "top_p", "presence_penalty", "frequency_penalty"])
        .ToFrozenSet();

    private static readonly FrozenSet<string> AlwaysDroppedWithTools = AlwaysDropped.Except(MemberEdits.ToolFields).ToFrozenSet();

    private readonly string[] _judges = [judge.Model, .. judge.Fallbacks];

    /// <summary>
    /// Looks before the panel is paid for whether any judge could be asked at all: not where each is cooling down, or over its limit for
    /// longer than the run may take.
    /// </summary>
    /// <returns>Why there can be no judge; null = there can.</returns>
    public async ValueTask<RunFailure?> CheckAvailableAsync()
    {
        var left = ensemble.Deadline - context.Elapsed;
        TimeSpan? soonest = null;
        var (isLimited, isCooling) = (false, true);
        foreach (var name in _judges)
        {
            if (await context.Calls.RefusalAsync(context.Catalog.Models[name], context.Deadline.Token) is not { } refusal
                || (refusal.Limit is not (GateLimit.Cooldown or GateLimit.OperatorFault) && refusal.RetryAfter <= left))
            {
                return null;
            }

            if (refusal.Limit != GateLimit.OperatorFault)
            {
                isLimited = true;
                isCooling &= refusal.Limit == GateLimit.Cooldown;
                soonest = soonest is null || refusal.RetryAfter < soonest ? refusal.RetryAfter : soonest;
            }
        }

        return isLimited
            ? new RunFailure(RunFailureKind.PanelRateLimited, PanelFailure.Limited("The judge of this ensemble is", isCooling))
            { RetryAfter = soonest }
            : new RunFailure(RunFailureKind.JudgeFailed, "The judge of this ensemble cannot be asked.");
    }

    /// <param name="note">What was found out about the candidates before; null = nothing.</param>
    public Task<JudgeResult> AskAsync(IReadOnlyList<Candidate> candidates, string? note = null) =>
        AskAsync(new JudgePrompt(context.Chat, judge, candidates, context.Random("judge"), note));

    public async Task<JudgeResult> AskAsync(JudgePrompt prompt) =>
        await new AnswerChain(context, ensemble).WriteAsync(Writers(await context.TurnAsync(ensemble), prompt));

    /// <param name="prompt">Null = the conversation alone.</param>
    public IReadOnlyList<AnswerWriter> Writers(ToolTurn turn, JudgePrompt? prompt) => [.. _judges.Select((name, index) =>
    {
        var model = context.Catalog.Models[name];
        return new AnswerWriter(
            new SubCallKey(SubCallStep.Synthesis, index, 0), SubCallRole.Judge, model, () => Edits(turn.Tools, prompt, model))
        { Prompt = prompt?.Version };
    })];

    private RequestEdits Edits(ToolOffer tools, JudgePrompt? prompt, ModelConfig model)
    {
        var edits = new RequestEdits(tools.IsSent ? AlwaysDroppedWithTools : AlwaysDropped);
        if (judge.Temperature is { } temperature)
        {
            edits.Set("temperature", temperature);
        }

        if (judge.ReasoningEffort is { } effort)
        {
            edits.Set(MemberEdits.EffortField, SnakeCase.Of(effort));
        }

        if (prompt is not null)
        {
            context.Diagnostics.Judge = new JudgeManifest(prompt.Version, prompt.Write(edits, model), SchemaValid: null);
        }

        return edits;
    }
}

/// <summary>What came of a chain of judges.</summary>
/// <param name="Answer">Null where all failed.</param>
/// <param name="Failures">Of those that were asked and failed, in order.</param>
/// <param name="Shown">Whether the caller has seen a part of an answer, so that no other can be given.</param>
/// <param name="Overflowed">Whether the answer was larger than a run may hold.</param>
internal sealed record JudgeResult(RunAnswer? Answer, IReadOnlyList<SubCallResult> Failures, bool Shown, bool Overflowed)
{
    /// <summary>What the writer said; null where there is no writer.</summary>
    public string? Text { get; init; }

    /// <summary>Whether the answer is tool calls.</summary>
    public bool CallsTools { get; init; }

    /// <summary>Whose answer it is; null where there is none.</summary>
    public AnswerWriter? Writer { get; init; }
}
