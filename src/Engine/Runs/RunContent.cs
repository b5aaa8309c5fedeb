using Ensemble.Chat;
using Ensemble.Providers.Calls;
using Ensemble.Upstreams;

namespace Ensemble.Runs;

/// <summary>The content of a run that has ended, for display: question, answers, prompts of judges.</summary>
/// <param name="Messages">The caller's, as a JSON array.</param>
/// <param name="Calls">The panel's first, by member and sample; then the others, in the order in which they ended.</param>
/// <param name="Answer">The text that the caller got; empty where there was none.</param>
/// <param name="Choices">Tool calls that the caller got, as JSON; empty where there were none.</param>
public sealed record RunContent(
    ReadOnlyMemory<byte> Messages, IReadOnlyList<CallContent> Calls, string Answer, string? Refusal, ReadOnlyMemory<byte> Choices)
{
    /// <param name="panel">What is stored of the run.</param>
    /// <param name="source">What is stored of the run whose panel answers it used; itself where it asked its own panel.</param>
    /// <returns>Null where content was not captured.</returns>
    public static RunContent? Of(StoredPanel panel, StoredPanel source)
    {
        if (panel.Content is not { } content)
        {
            return null;
        }

        var chat = ChatRequestParser.Parse(panel.Request, ChatLimits.Rewritten);
        return new RunContent(
            chat.TryGetField("messages", out var messages) ? chat.SliceMemory(messages.Value) : "[]"u8.ToArray(),
            [
                .. source.Answers.OrderBy(static answer => (answer.Member, answer.Sample)).SelectMany(CallContent.Of),
                .. content.Calls.Select(CallContent.Of),
            ],
            content.Answer,
            content.Refusal,
            content.Choices);
    }
}

/// <summary>What one call was asked and gave.</summary>
/// <param name="Prompt">Messages that were sent after the caller's or instead of them, as a JSON array; empty if there were none.</param>
/// <param name="ReplacesMessages">Whether <paramref name="Prompt"/> was sent instead of the caller's messages.</param>
/// <param name="Content">Empty where there is none, or where it was streamed to the caller: then it is in the run's answer.</param>
/// <param name="Choices">The provider's choices as JSON, where they hold tool calls; empty otherwise.</param>
public sealed record CallContent(
    SubCallRole Role, SubCallKey Key, string Model, CallOutcome Outcome, ReadOnlyMemory<byte> Prompt, bool ReplacesMessages, string Content,
    string? Refusal, ReadOnlyMemory<byte> Choices)
{
    internal static IEnumerable<CallContent> Of(StoredPanelAnswer answer)
    {
        var result = answer.Payload.Result;
        ChatAnswer?[] answers = answer.Answers > 1 && result.Answer is { } several ? [.. ChatChoices.Split(several)] : [result.Answer];
        return answers.Select((one, index) => new CallContent(
            SubCallRole.Panel,
            answer.Key with { Sample = answer.Sample + index },
            answer.Model,
            answer.Answers > 1 && one is not null && result.Outcome == CallOutcome.Ok ? ChatChoices.OutcomeOf(one) : result.Outcome,
            default,
            ReplacesMessages: false,
            one?.Content ?? "",
            one?.Refusal,
            one is { CallsTools: true } ? one.Choices : default));
    }

    internal static CallContent Of(StoredCall call)
    {
        var result = call.Payload.Result;
        return new CallContent(
            call.Role,
            call.Key,
            call.Model,
            result.Outcome,
            PromptOf(call),
            call.Messages is not null,
            result.Answer?.Content ?? "",
            result.Answer?.Refusal,
            result.Answer is { CallsTools: true } answer ? answer.Choices : default);
    }

    private static ReadOnlyMemory<byte> PromptOf(StoredCall call) => (call.Messages, call.Appended) switch
    {
        ({ } messages, _) => messages,
        (null, { } appended) => (byte[])[(byte)'[', .. appended.Span, (byte)']'],
        _ => default,
    };
}
