using System.Buffers;
using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Runs;

namespace Ensemble.Judging;

/// <summary>Writes the request of a control call: nothing of the caller's but what its prompt holds.</summary>
internal static class ControlRequest
{
    /// <param name="messages">A JSON array.</param>
    /// <param name="schema">Null where the model takes none: the prompt says the shape, too.</param>
    /// <param name="maxTokens">Longest answer, with room for a reasoning model's thoughts.</param>
    /// <param name="effort">Null = none is sent.</param>
    public static ChatRequest Of(
        string model, ReadOnlyMemory<byte> messages, ControlSchema? schema, int maxTokens, ReasoningEffort? effort = null)
    {
        var buffer = new ArrayBufferWriter<byte>(messages.Length + 1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("model"u8, model);
            json.WritePropertyName("messages"u8);
            json.WriteRawValue(messages.Span, skipInputValidation: true);
            json.WriteNumber("temperature"u8, 0);
            json.WriteNumber("max_tokens"u8, maxTokens);
            if (effort is { } level)
            {
                json.WriteString(MemberEdits.EffortField, SnakeCase.Of(level));
            }

            if (schema is not null)
            {
                json.WriteStartObject("response_format"u8);
                json.WriteString("type"u8, "json_schema"u8);
                json.WriteStartObject("json_schema"u8);
                json.WriteString("name"u8, schema.Name);
                json.WriteBoolean("strict"u8, true);
                json.WritePropertyName("schema"u8);
                json.WriteRawValue(schema.Json);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return ChatRequestParser.Parse(buffer.WrittenMemory, ChatLimits.Rewritten);
    }
}
