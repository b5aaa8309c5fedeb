using System.Buffers;
using System.Text;
using System.Text.Json;
using Ensemble.Evaluation.Data;
using Ensemble.Models;
using Ensemble.Runs;

namespace Ensemble.Evaluation.Recording;

/// <summary>A line of a recording, as JSON.</summary>
internal static class RecordingLine
{
    private static ReadOnlySpan<byte> NewLine => "\n"u8;

    /// <summary>Says that a call is about to be made which may cost so much.</summary>
    public static byte[] Pending(string key, decimal usd) => Write(writer =>
    {
        writer.WriteString("pending", key);
        writer.WriteNumber("usd", usd);
    });

    /// <param name="question">For people: which question the call belongs to.</param>
    /// <param name="usd">What it cost, at most.</param>
    public static byte[] Answer(string key, string question, string model, decimal usd, ModelCallResult result) => Write(writer =>
    {
        writer.WriteString("key", key);
        writer.WriteString("question", question);
        writer.WriteString("model", model);
        writer.WriteNumber("usd", usd);
        writer.WritePropertyName("answer");
        writer.WriteRawValue(AnswerPayload.Write(result));
        if (result.Answer?.Vectors is { } vectors)
        {
            writer.WriteStartArray("vectors");
            foreach (var vector in vectors)
            {
                writer.WriteStartArray();
                foreach (var value in vector)
                {
                    writer.WriteNumberValue(value);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndArray();
        }
    });

    /// <returns>What was recorded; null where it is no answer of ours.</returns>
    public static ModelCallResult? Result(JsonElement line)
    {
        if (line.Member("answer") is not { ValueKind: JsonValueKind.Object } answer
            || AnswerPayload.Read(Encoding.UTF8.GetBytes(answer.RawText())) is not { } result)
        {
            return null;
        }

        return line.Member("vectors") is { } vectors && result.Answer is { } said
            ? result with
            {
                Answer = said with
                {
                    Vectors = [.. vectors.Items().Select(static vector =>
                        vector.Items().Select(static value => (float)value.Number().GetValueOrDefault()).ToArray())],
                },
            }
            : result;
    }

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, JsonText.Writer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        buffer.Write(NewLine);
        return buffer.WrittenSpan.ToArray();
    }
}
