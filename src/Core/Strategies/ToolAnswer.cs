using System.Buffers;
using System.Text.Json;
using Ensemble.Upstreams;

namespace Ensemble.Strategies;

/// <summary>Writes a member's tool calls as the choices of an answer: what an OpenAI answer has, and nothing else of its provider's.</summary>
internal static class ToolAnswer
{
    public const string FinishReason = "tool_calls";

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="answer">With its choices.</param>
    /// <param name="isWhole">Whether they end the answer; else a finish chunk follows, without which Node's client takes the last call for unfinished.</param>
    public static ReadOnlyMemory<byte> Write(ChatAnswer answer, bool isWhole)
    {
        using var document = SoundJson.Parse(answer.Choices);
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
            foreach (var call in Calls(document.RootElement))
            {
                Write(json, call);
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
    public static string CallsOf(ChatAnswer answer)
    {
        using var document = SoundJson.Parse(answer.Choices);
        return string.Join('\n', Calls(document.RootElement).Select(call => call.RawText()));
    }

    private static IEnumerable<JsonElement> Calls(JsonElement choices) => choices.Items().Take(1)
        .SelectMany(choice => choice.Member("message")?.Member("tool_calls")?.Items() ?? default(JsonElement.ArrayEnumerator));

    private static void Write(Utf8JsonWriter json, JsonElement call)
    {
        json.WriteStartObject();
        foreach (var property in call.Members().Where(property => property.NameText() is "id" or "type" or "function" or "custom"))
        {
            property.WriteTo(json);
        }

        json.WriteEndObject();
    }
}
