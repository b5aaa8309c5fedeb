using System.Buffers;
using System.Text.Json;

namespace Ensemble.Providers.Anthropic;

/// <summary>Writes <c>choices</c> as OpenAI gives them, whole and in chunks, for a caller that talks to the model directly.</summary>
internal static class ChoicesWriter
{
    /// <param name="content">Null where the answer has no text.</param>
    public static byte[] Whole(string? content, IReadOnlyList<AnswerBlock> calls, string? finishReason) => Choices(finishReason, writer =>
    {
        writer.WriteStartObject("message"u8);
        writer.WriteString("role"u8, "assistant"u8);
        writer.WriteString("content"u8, content);
        writer.WriteNull("refusal"u8);
        if (calls.Count > 0)
        {
            writer.WriteStartArray("tool_calls"u8);
            foreach (var call in calls)
            {
                writer.WriteStartObject();
                WriteCall(writer, call, call.Input ?? "{}");
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    });

    public static byte[] Content(string text, bool isFirst) => Chunk(isFirst, null, writer => writer.WriteString("content"u8, text));

    /// <param name="index">Which of the answer's calls this is, from 0.</param>
    public static byte[] Call(int index, AnswerBlock call, bool isFirst) => Chunk(isFirst, null, writer =>
    {
        writer.WriteStartArray("tool_calls"u8);
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, index);
        WriteCall(writer, call, "");
        writer.WriteEndObject();
        writer.WriteEndArray();
    });

    public static byte[] Arguments(int index, string piece) => Chunk(false, null, writer =>
    {
        writer.WriteStartArray("tool_calls"u8);
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, index);
        writer.WriteStartObject("function"u8);
        writer.WriteString("arguments"u8, piece);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndArray();
    });

    public static byte[] Finish(string? finishReason, bool isFirst) => Chunk(isFirst, finishReason, static _ => { });

    private static byte[] Chunk(bool isFirst, string? finishReason, Action<Utf8JsonWriter> write) => Choices(finishReason, writer =>
    {
        writer.WriteStartObject("delta"u8);
        if (isFirst)
        {
            writer.WriteString("role"u8, "assistant"u8);
        }

        write(writer);
        writer.WriteEndObject();
    });

    private static byte[] Choices(string? finishReason, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            writer.WriteStartObject();
            writer.WriteNumber("index"u8, 0);
            write(writer);
            writer.WriteNull("logprobs"u8);
            writer.WriteString("finish_reason"u8, finishReason);
            writer.WriteEndObject();
            writer.WriteEndArray();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteCall(Utf8JsonWriter writer, in AnswerBlock call, string arguments)
    {
        writer.WriteString("id"u8, call.Id);
        writer.WriteString("type"u8, "function"u8);
        writer.WriteStartObject("function"u8);
        writer.WriteString("name"u8, call.Name);
        writer.WriteString("arguments"u8, arguments);
        writer.WriteEndObject();
    }
}
