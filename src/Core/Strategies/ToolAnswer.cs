using System.Buffers;
using System.Text.Json;
using Ensemble.Chat;
using Ensemble.Upstreams;

namespace Ensemble.Strategies;

/// <summary>
/// Writes a member's tool calls as the choices of an answer: of the message what an OpenAI answer has, of each call all that its provider may want
/// back, as a signature is. What a client takes for granted and a provider left out is filled in.
/// </summary>
internal static class ToolAnswer
{
    public const string FinishReason = "tool_calls";

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="answer">With its choices.</param>
    /// <param name="isWhole">Whether they end the answer; else a finish chunk follows, without which Node's client takes the last call for unfinished.</param>
    public static ReadOnlyMemory<byte> Write(ChatAnswer answer, ToolCallIds ids, bool isWhole)
    {
        var buffer = new ArrayBufferWriter<byte>(answer.Choices.Length + 128);
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartArray();
            json.WriteStartObject();
            json.WriteNumber("index"u8, 0);
            json.WriteStartObject("message"u8);
            json.WriteString("role"u8, "assistant"u8);
            json.WriteString("content"u8, answer.Content.Length > 0 ? answer.Content : null);
            json.WriteNull("refusal"u8);
            json.WriteStartArray("tool_calls"u8);
            foreach (var call in ToolCallJson.Read(answer.Choices))
            {
                Write(json, call, ids);
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteNull("logprobs"u8);
            json.WriteString("finish_reason"u8, isWhole ? FinishReason : null);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>The calls as JSON, one after the other.</summary>
    public static string CallsOf(ChatAnswer answer) => string.Join('\n', ToolCallJson.Read(answer.Choices).Select(call => call.RawText()));

    private static void Write(Utf8JsonWriter json, JsonElement call, ToolCallIds ids)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, ids.Of(call.Member("id")?.Text()));
        json.WriteString("type"u8, call.Member("type")?.Text() is { Length: > 0 } type ? type : call.Member("custom") is null ? "function" : "custom");
        foreach (var member in call.Members())
        {
            if (member.NameIs("function") && member.Value.ValueKind == JsonValueKind.Object)
            {
                WriteFunction(json, member.Value);
            }
            else if (!member.NameIs("id") && !member.NameIs("type") && !member.NameIs("index"))
            {
                member.WriteTo(json);
            }
        }

        json.WriteEndObject();
    }

    // Arguments are text to clients, also where a provider sends the object itself, or none.
    private static void WriteFunction(Utf8JsonWriter json, JsonElement function)
    {
        json.WriteStartObject("function"u8);
        foreach (var member in function.Members())
        {
            if (!member.NameIs("arguments"))
            {
                member.WriteTo(json);
            }
        }

        var arguments = function.Member("arguments") ?? default;
        var isNone = arguments.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;
        json.WriteString("arguments"u8, isNone ? "{}" : arguments.Text() ?? arguments.RawText());
        json.WriteEndObject();
    }
}
