using System.IO.Pipelines;
using System.Text.Json;
using Ensemble.Frontend.Dialects;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Runs;
using Ensemble.Runs;

namespace Ensemble.Frontend.Chat;

/// <summary>Writes chat completions.</summary>
internal sealed class ChatFormat : IAnswerFormat
{
    public static readonly ChatFormat Instance = new();

    public ApiError Describe(ApiError error) => error;

    public void Write(Utf8JsonWriter json, WholeAnswer answer)
    {
        var (request, completed) = (answer.Request, answer.Completed);
        json.WriteString("id"u8, $"chatcmpl-{request.Id.Value}");
        json.WriteString("object"u8, "chat.completion"u8);
        json.WriteNumber("created"u8, answer.Created);
        json.WriteString("model"u8, request.Chat.Model);
        json.WritePropertyName("choices"u8);
        if (!completed.Answer.Choices.IsEmpty)
        {
            json.WriteRawValue(completed.Answer.Choices.Span, skipInputValidation: true);
        }
        else
        {
            json.WriteStartArray();
            json.WriteStartObject();
            json.WriteNumber("index"u8, 0);
            json.WriteStartObject("message"u8);
            json.WriteString("role"u8, "assistant"u8);
            json.WriteString("content"u8, completed.Answer.Refusal is null ? answer.Text ?? "" : null);
            json.WriteString("refusal"u8, completed.Answer.Refusal);
            json.WriteEndObject();
            json.WriteNull("logprobs"u8);
            json.WriteString("finish_reason"u8, completed.Answer.FinishReason);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WritePropertyName("usage"u8);
        UsageJson.Write(json, completed.Usage, completed.Answer.UsageFields);
        if (!completed.Answer.Fields.IsEmpty)
        {
            using var fields = JsonSanitizer.Parse(completed.Answer.Fields);
            foreach (var field in fields.RootElement.EnumerateObject())
            {
                field.WriteTo(json);
            }
        }
    }

    public IAnswerStream OpenStream(PipeWriter output, RunRequest request, long created) => new ChunkWriter(output, request, created);
}
