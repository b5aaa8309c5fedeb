using System.Text.Json;
using Ensemble.Upstreams;

namespace Ensemble.Providers.Calls;

/// <summary>The answers that one call brought.</summary>
internal static class ChatChoices
{
    /// <summary>Whether there is anything to use in an answer, and else why not.</summary>
    /// <returns>Ok, Blank, BlankAtLength, Refused or Filtered.</returns>
    public static CallOutcome OutcomeOf(ChatAnswer answer)
    {
        if (answer.FinishReason == FinishReason.ContentFilter)
        {
            return CallOutcome.Filtered;
        }

        if (!string.IsNullOrWhiteSpace(answer.Content) || answer.CallsTools)
        {
            return CallOutcome.Ok;
        }

        if (!string.IsNullOrWhiteSpace(answer.Refusal))
        {
            return CallOutcome.Refused;
        }

        return answer.IsCut ? CallOutcome.BlankAtLength : CallOutcome.Blank;
    }

    /// <summary>Each of the kept choices as an answer of its own, in their order, read as a lone one would have been.</summary>
    /// <returns>The answer itself where its choices were not kept.</returns>
    public static IReadOnlyList<ChatAnswer> Split(ChatAnswer answer)
    {
        if (answer.Choices.IsEmpty)
        {
            return [answer];
        }

        var answers = new List<ChatAnswer>();
        var choices = answer.Choices.Span;
        var reader = new Utf8JsonReader(choices);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            answers.Add(Read(choices[start..(int)reader.BytesConsumed]));
        }

        return answers;
    }

    private static ChatAnswer Read(ReadOnlySpan<byte> choice)
    {
        var (before, after) = Index(choice);
        var index = before > 1 ? "0"u8 : choice[1..^1].Trim(" \t\r\n"u8).IsEmpty ? "\"index\":0"u8 : "\"index\":0,"u8;
        byte[] body = [.. "{\"choices\":["u8, .. choice[..before], .. index, .. choice[after..], .. "]}"u8];
        var builder = new AnswerBuilder(null, null, keepChoices: true);
        builder.AddWhole(CompletionReader.Read(body, new AnswerRewriter(isWhole: true)));
        return builder.Result().Answer!;
    }

    /// <returns>Where the value of the choice's index begins and ends; where there is none, the place behind the opening brace.</returns>
    private static (int Before, int After) Index(ReadOnlySpan<byte> choice)
    {
        var reader = new Utf8JsonReader(choice);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isIndex = reader.TextIs("index"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (isIndex)
            {
                return (start, (int)reader.BytesConsumed);
            }
        }

        return (1, 1);
    }
}
