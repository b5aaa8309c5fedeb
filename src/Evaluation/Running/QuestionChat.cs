using System.Buffers;
using System.Text.Json;
using Ensemble.Chat;
using Ensemble.Evaluation.Data;

namespace Ensemble.Evaluation.Running;

/// <summary>A question as the request of a caller.</summary>
internal static class QuestionChat
{
    /// <param name="alias">Who is asked.</param>
    /// <param name="maxTokens">The longest answer in tokens; null = no limit.</param>
    /// <exception cref="EvaluationException">The messages are none that could be sent.</exception>
    public static ChatRequest Of(EvaluationQuestion question, string alias, int? maxTokens)
    {
        var buffer = new ArrayBufferWriter<byte>(question.Messages.Length + 256);
        using (var writer = new Utf8JsonWriter(buffer, JsonText.Writer))
        {
            writer.WriteStartObject();
            writer.WriteString("model"u8, alias);
            writer.WritePropertyName("messages"u8);
            writer.WriteRawValue(question.Messages);
            if (maxTokens is { } most)
            {
                writer.WriteNumber("max_tokens"u8, most);
            }

            writer.WriteEndObject();
        }

        try
        {
            return ChatRequestParser.Parse(buffer.WrittenMemory.ToArray(), ChatLimits.Default);
        }
        catch (ChatRequestException exception)
        {
            throw new EvaluationException(
                $"--data, line {question.Line}: its messages cannot be sent: {exception.Message} No model was asked.");
        }
    }
}
