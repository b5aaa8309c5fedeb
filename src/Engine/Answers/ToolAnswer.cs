using System.Buffers;
using System.Text.Json;
using Ensemble.Chat;
using Ensemble.Upstreams;

namespace Ensemble.Answers;

/// <summary>
/// Writes a member's tool calls as the choices of an answer: of the message what an OpenAI answer has, of each call all that its provider
/// may want back, as a signature is.
/// </summary>
internal static class ToolAnswer
{
    private const string FinishReason = "tool_calls";

    /// <summary>Why an answer that calls tools ended: providers also say <c>stop</c>.</summary>
    public static string ReasonOf(ChatAnswer answer) => answer.IsCut ? answer.FinishReason : FinishReason;

    /// <summary>Whether an answer that calls no tool tells of calls that its model may not make.</summary>
    public static bool AdvisesCalls(ChatAnswer answer) => !answer.CallsTools && ToolCallJson.Read(answer.Choices).Count > 0;

    /// <param name="answer">With its choices.</param>
    /// <param name="isWhole">Whether they end the answer; else a finish chunk follows, without which Node's client takes the last call for
    /// unfinished.</param>
    public static ReadOnlyMemory<byte> Write(ChatAnswer answer, ToolCallIds ids, bool isWhole)
    {
        var buffer = new ArrayBufferWriter<byte>(answer.Choices.Length + 128);
        using (var json = new Utf8JsonWriter(buffer, ToolCallWriter.Relaxed))
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
                ToolCallWriter.Write(json, call, ids, isWhole: true);
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteNull("logprobs"u8);
            json.WriteString("finish_reason"u8, isWhole ? ReasonOf(answer) : null);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>The calls as JSON, one after the other.</summary>
    public static string CallsOf(ChatAnswer answer) => string.Join('\n', ToolCallJson.Read(answer.Choices).Select(call => call.RawText()));
}
