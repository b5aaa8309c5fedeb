using System.Text.Json;

namespace Ensemble.Providers.Simulated;

/// <summary>Writes <c>choices</c> as OpenAI's API shapes them, whole or by chunks.</summary>
internal static class SimulatedChoices
{
    public static byte[] Whole(SimulatedReply[] replies) => SimulatedJson.Utf8(replies, static (writer, replies) =>
    {
        writer.WriteStartArray();
        for (var index = 0; index < replies.Length; index++)
        {
            WriteWhole(writer, index, replies[index]);
        }

        writer.WriteEndArray();
    });

    /// <summary>A choice's first chunk: its role and, with a tool, the head of the call.</summary>
    public static byte[] Opening(int index, SimulatedReply reply) => Chunk(index, null, reply, static (writer, reply) =>
    {
        writer.WriteString("role"u8, "assistant"u8);
        if (reply.Tool is null)
        {
            writer.WriteString("content"u8, ""u8);
            return;
        }

        writer.WriteNull("content"u8);
        WriteCalls(writer, reply, isChunk: true);
    });

    public static byte[] Piece(int index, SimulatedReply reply, string piece) => Chunk(
        index, null, (reply, piece), static (writer, state) =>
    {
        if (state.reply.Tool is null)
        {
            writer.WriteString("content"u8, state.piece);
            return;
        }

        writer.WriteStartArray("tool_calls"u8);
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, 0);
        writer.WriteStartObject("function"u8);
        writer.WriteString("arguments"u8, state.piece);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }, reply.LogProbability is null ? null : (reply, piece));

    public static byte[] Finish(int index, SimulatedReply reply) => Chunk(index, reply.FinishReason, reply, static (_, _) => { });

    private static byte[] Chunk<TState>(
        int index,
        string? finish,
        TState state,
        Action<Utf8JsonWriter, TState> writeDelta,
        (SimulatedReply Reply, string Text)? probable = null) =>
        SimulatedJson.Utf8((index, finish, state, writeDelta, probable), static (writer, chunk) =>
        {
            writer.WriteStartArray();
            writer.WriteStartObject();
            writer.WriteNumber("index"u8, chunk.index);
            writer.WriteStartObject("delta"u8);
            chunk.writeDelta(writer, chunk.state);
            writer.WriteEndObject();
            WriteLogProbabilities(writer, chunk.probable?.Reply.LogProbability, chunk.probable?.Text ?? "");
            writer.WriteString("finish_reason"u8, chunk.finish);
            writer.WriteEndObject();
            writer.WriteEndArray();
        });

    private static void WriteWhole(Utf8JsonWriter writer, int index, SimulatedReply reply)
    {
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, index);
        writer.WriteStartObject("message"u8);
        writer.WriteString("role"u8, "assistant"u8);
        writer.WriteString("content"u8, reply.Tool is null ? reply.Text : null);
        writer.WriteNull("refusal"u8);
        if (reply.Tool is not null)
        {
            WriteCalls(writer, reply, isChunk: false);
        }

        writer.WriteEndObject();
        WriteLogProbabilities(writer, reply.LogProbability, reply.Text);
        writer.WriteString("finish_reason"u8, reply.FinishReason);
        writer.WriteEndObject();
    }

    // In a stream the calls are numbered, and the arguments follow by pieces.
    private static void WriteCalls(Utf8JsonWriter writer, SimulatedReply reply, bool isChunk)
    {
        writer.WriteStartArray("tool_calls"u8);
        writer.WriteStartObject();
        if (isChunk)
        {
            writer.WriteNumber("index"u8, 0);
        }

        writer.WriteString("id"u8, reply.CallId);
        writer.WriteString("type"u8, "function"u8);
        writer.WriteStartObject("function"u8);
        writer.WriteString("name"u8, reply.Tool);
        writer.WriteString("arguments"u8, isChunk ? "" : reply.Text);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void WriteLogProbabilities(Utf8JsonWriter writer, double? probability, string text)
    {
        if (probability is not { } value)
        {
            writer.WriteNull("logprobs"u8);
            return;
        }

        writer.WriteStartObject("logprobs"u8);
        writer.WriteStartArray("content"u8);
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = SimulatedTokens.End(text, start);
            writer.WriteStartObject();
            writer.WriteString("token"u8, text.AsSpan(start, end - start));
            writer.WriteNumber("logprob"u8, value);
            writer.WriteNull("bytes"u8);
            writer.WriteStartArray("top_logprobs"u8);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteNull("refusal"u8);
        writer.WriteEndObject();
    }
}
