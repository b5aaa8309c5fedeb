using System.Text;
using System.Text.Json;
using Ensemble.Providers.Calls;
using Ensemble.Upstreams;

namespace Ensemble.Providers.Anthropic;

/// <summary>Reads a whole message in one pass; what it does not know is skipped, thinking too.</summary>
internal static class MessageReader
{
    /// <exception cref="JsonException">Not one JSON object of the expected shape.</exception>
    public static Completion Read(ReadOnlySpan<byte> json, bool keepChoices)
    {
        var message = new Completion();
        var calls = new List<AnswerBlock>();
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.TextIs("content"u8))
            {
                reader.Read();
                ReadContent(ref reader, ref message, calls);
            }
            else if (reader.TextIs("stop_reason"u8))
            {
                reader.Read();
                message.FinishReason = FinishReason.Of(reader.ReadText());
            }
            else if (reader.TextIs("usage"u8))
            {
                reader.Read();
                var usage = new UsageCounter();
                message.Usage = usage.Read(ref reader);
                message.UsageFields = keepChoices ? usage.Fields() : null;
            }
            else if (reader.TextIs("error"u8))
            {
                reader.Read();
                message.Error = ErrorReader.Read(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        message.IsBroken = message.FinishReason == FinishReason.Broken;

        // Throws where something follows the object.
        reader.Read();
        if (keepChoices && message.ChoiceCount > 0)
        {
            message.RawChoices = ChoicesWriter.Whole(
                message.Content, calls, message.FinishReason ?? (calls.Count > 0 ? FinishReason.ToolCalls : FinishReason.Stop));
        }

        return message;
    }

    private static void ReadContent(ref Utf8JsonReader reader, ref Completion message, List<AnswerBlock> calls)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException($"A list of content blocks expected, {reader.TokenType} found at byte {reader.TokenStartIndex}.");
        }

        var text = new StringBuilder();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var block = AnswerBlock.Read(ref reader);
            if (block.Type == "text")
            {
                text.Append(block.Text);
            }
            else if (block.Type == "tool_use")
            {
                calls.Add(block);
            }
        }

        message.ChoiceCount = 1;
        message.Choices = message.FinishedChoices = 1;
        message.Content = text.Length > 0 ? text.ToString() : null;
        message.CallsTools = calls.Count > 0;
    }
}
