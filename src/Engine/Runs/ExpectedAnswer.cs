using Ensemble.Answers;
using Ensemble.Chat;
using Ensemble.Models;
using Ensemble.Providers.Calls;
using Ensemble.Upstreams;

namespace Ensemble.Runs;

/// <summary>How the answer of a sub-call is read: the request decides that, not the model.</summary>
/// <param name="Tools">
/// Those that may be called: of an answer that calls any other the text counts, and without text it is blank. Text is none where a call is
/// demanded. Of a model that only advises a call is a part of the text.
/// </param>
/// <param name="Format">What the caller wants. A code fence around JSON is taken off.</param>
/// <param name="MustMatchFormat">Whether an answer of another format is none.</param>
internal sealed record ExpectedAnswer(ToolOffer Tools, AnswerFormat Format, bool MustMatchFormat = false)
{
    /// <summary>Any text.</summary>
    public static readonly ExpectedAnswer Text = new(ToolOffer.None, AnswerFormat.Text);

    public ModelCallResult Read(ModelCallResult result)
    {
        if (result is not { Outcome: CallOutcome.Ok, Answer: { Vectors: null } answer })
        {
            return result;
        }

        var read = Read(answer);
        var outcome = ChatChoices.OutcomeOf(read);
        if (outcome == CallOutcome.Ok && !read.CallsTools
            && (Tools.IsRequired || (MustMatchFormat && Format.Accepts(read.Content) == false)))
        {
            outcome = CallOutcome.WrongFormat;
        }

        return outcome == CallOutcome.Ok && ReferenceEquals(read, answer) ? result : result with { Outcome = outcome, Answer = read };
    }

    private ChatAnswer Read(ChatAnswer answer)
    {
        if (answer.CallsTools && Tools.Covers(answer))
        {
            return answer;
        }

        var content = Format.Unfenced(answer.Content);
        if (answer.CallsTools && Tools.IsAdvice && ToolCallJson.Read(answer.Choices) is { Count: > 0 } calls)
        {
            content = $"{content}\n{ToolCallText.Of(calls)}".TrimStart();
        }

        var reason = answer.FinishReason is "tool_calls" or "function_call" ? "stop" : answer.FinishReason;
        return answer.CallsTools || !ReferenceEquals(content, answer.Content) || reason != answer.FinishReason
            ? answer with { CallsTools = false, Content = content, FinishReason = reason }
            : answer;
    }
}
