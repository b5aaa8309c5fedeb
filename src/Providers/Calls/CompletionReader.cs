using System.Text.Json;
using Ensemble.Upstreams;

namespace Ensemble.Providers.Calls;

/// <summary>Reads a chat completion, or a chunk of one, in one pass; what it does not know is skipped.</summary>
internal static class CompletionReader
{
    /// <summary>Choices that have a bit.</summary>
    private const int MaxTrackedChoices = 64;

    /// <param name="rewriter">Writes the choices again; null = they are not kept.</param>
    /// <param name="fields">Keeps what else a direct caller may see; null = nothing is kept.</param>
    /// <exception cref="JsonException">Not one JSON object of the expected shape.</exception>
    public static Completion Read(ReadOnlySpan<byte> json, AnswerRewriter? rewriter = null, ProviderFields? fields = null)
    {
        var completion = new Completion();
        var reader = new Utf8JsonReader(json);
        reader.Read();
        reader.Expect(JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.TextIs("choices"u8))
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                ReadChoices(ref reader, ref completion);
                if (rewriter is not null && completion.ChoiceCount > 0)
                {
                    completion.RawChoices = rewriter.Rewrite(json[start..(int)reader.BytesConsumed]);
                }
            }
            else if (reader.TextIs("usage"u8))
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                var isObject = reader.TokenType == JsonTokenType.StartObject;
                completion.Usage = UsageReader.Read(ref reader);
                completion.UsageFields = isObject ? fields?.Usage(json[start..(int)reader.BytesConsumed]) : null;
            }
            else if (reader.TextIs("error"u8))
            {
                reader.Read();
                completion.Error = ErrorReader.Read(ref reader) ?? completion.Error;
            }
            else if (fields is not null)
            {
                fields.Add(ref reader, json);
            }
            else
            {
                reader.Skip();
            }
        }

        // Throws where something follows the object.
        reader.Read();
        completion.Fields = fields?.Take();
        return completion;
    }

    private static void ReadChoices(ref Utf8JsonReader reader, ref Completion completion)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        reader.Expect(JsonTokenType.StartArray);
        var (text, refusal) = (new TextAccumulator(), new TextAccumulator());
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            reader.Expect(JsonTokenType.StartObject);
            ReadChoice(ref reader, ref completion, ref text, ref refusal);
            completion.ChoiceCount++;
        }

        completion.Content = text.OrNull;
        completion.Refusal = refusal.OrNull;
    }

    private static void ReadChoice(
        ref Utf8JsonReader reader, ref Completion completion, ref TextAccumulator text, ref TextAccumulator refusal)
    {
        var choice = new Completion();
        var index = completion.ChoiceCount;
        var (hasDelta, hasMessage) = (false, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isDelta = reader.TextIs("delta"u8);
            if (isDelta || reader.TextIs("message"u8))
            {
                reader.Read();
                hasDelta |= isDelta && reader.TokenType == JsonTokenType.StartObject;
                hasMessage |= !isDelta && reader.TokenType == JsonTokenType.StartObject;
                ReadMessage(ref reader, ref choice);
            }
            else if (reader.TextIs("finish_reason"u8))
            {
                reader.Read();
                choice.FinishReason = FinishReason.Of(reader.ReadText());
            }
            else if (reader.TextIs("index"u8))
            {
                reader.Read();
                index = reader.Whole() is >= int.MinValue and <= int.MaxValue and var number ? (int)number : index;
                reader.Skip();
            }
            else if (reader.TextIs("error"u8))
            {
                reader.Read();
                completion.Error ??= ErrorReader.Read(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        completion.LacksDelta |= !hasDelta;
        completion.LacksMessage |= !hasMessage;
        completion.IsBroken |= choice.FinishReason == FinishReason.Broken;
        Add(ref completion, choice, index, isPiece: !hasMessage, ref text, ref refusal);
    }

    private static void Add(
        ref Completion completion, in Completion choice, int index, bool isPiece, ref TextAccumulator text, ref TextAccumulator refusal)
    {
        if (index < MaxTrackedChoices)
        {
            var bit = 1UL << Math.Max(index, 0);
            completion.Choices |= bit;
            completion.FinishedChoices |= choice.FinishReason is null ? 0 : bit;
        }
        else
        {
            (completion.FurtherChoices ??= []).Add((index, choice.FinishReason is not null));
        }

        completion.CallsTools |= choice.CallsTools;
        completion.HasReasoning |= choice.HasReasoning;
        if (index != 0)
        {
            completion.OtherCharacters += choice.Content?.Length ?? 0;
            return;
        }

        // A chunk may have several pieces of one choice. Of whole choices with one number the first counts.
        if (!isPiece && text.Length > 0)
        {
            return;
        }

        text.Append(choice.Content);
        refusal.Append(choice.Refusal);
        completion.FinishReason = choice.FinishReason ?? completion.FinishReason;
    }

    private static void ReadMessage(ref Utf8JsonReader reader, ref Completion choice)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        reader.Expect(JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.TextIs("content"u8))
            {
                reader.Read();
                choice.Content = MessageContent.Read(ref reader);
            }
            else if (reader.TextIs("refusal"u8))
            {
                reader.Read();
                choice.Refusal = reader.ReadPiece();
            }
            else if (reader.TextIs("tool_calls"u8))
            {
                reader.Read();
                choice.CallsTools |= HasItems(ref reader);
            }
            else if (reader.TextIs("function_call"u8))
            {
                reader.Read();
                choice.CallsTools |= reader.TokenType == JsonTokenType.StartObject;
                reader.Skip();
            }
            else if (reader.TextIs("reasoning_content"u8) || reader.TextIs("reasoning"u8))
            {
                reader.Read();
                choice.HasReasoning |= reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty;
                reader.Skip();
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static bool HasItems(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return false;
        }

        var items = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            reader.Skip();
            items++;
        }

        return items > 0;
    }
}
