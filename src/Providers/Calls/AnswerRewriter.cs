using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ensemble.Upstreams;

namespace Ensemble.Providers.Calls;

/// <summary>
/// Writes the <c>choices</c> of one answer again for a caller that talks to the model directly: finish reasons in OpenAI's words,
/// tool arguments as text, and characters that were cut between two chunks in the later one. What else belongs to an answer stays as
/// the provider said it; of all other fields what <see cref="ProviderFields"/> hides is left out.
/// </summary>
/// <param name="isWhole">Whether what comes is a whole answer, in which each choice has a reason; a provider may leave it out.</param>
/// <param name="fields">Says what is hidden; null = nothing is.</param>
#pragma warning disable CA1001 // A writer over a buffer holds nothing that has to be given back.
internal sealed class AnswerRewriter(bool isWhole, ProviderFields? fields = null)
#pragma warning restore CA1001
{
    private static readonly JsonWriterOptions Relaxed =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Fields of a choice and of its message that are the answer itself: they are not searched for names.</summary>
    private static readonly byte[][] Answer = ProviderFields.Utf8(
        "role", "content", "refusal", "tool_calls", "function_call", "reasoning_content", "reasoning", "reasoning_details", "thinking",
        "thinking_blocks", "annotations", "audio", "images", "logprobs", "token_ids");

    private readonly ArrayBufferWriter<byte> _output = new(512);
    private Dictionary<long, PendingSurrogate>? _halves;
    private Utf8JsonWriter? _writer;

    /// <param name="choices">A JSON array.</param>
    public byte[] Rewrite(ReadOnlySpan<byte> choices)
    {
        var writer = Begin();
        var reader = new Utf8JsonReader(choices);
        reader.Read();
        writer.WriteStartArray();
        for (var position = 0; reader.Read() && reader.TokenType == JsonTokenType.StartObject; position++)
        {
            WriteChoice(ref reader, choices, writer, position);
        }

        writer.WriteEndArray();
        writer.Flush();
        return _output.WrittenSpan.ToArray();
    }

    private Utf8JsonWriter Begin()
    {
        _output.ResetWrittenCount();
        if (_writer is null)
        {
            _writer = new Utf8JsonWriter(_output, Relaxed);
        }
        else
        {
            _writer.Reset(_output);
        }

        return _writer;
    }

    private void WriteChoice(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, Utf8JsonWriter writer, int position)
    {
        string? reason = null;
        var hasReason = false;
        var callsTools = false;
        writer.WriteStartObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.TextIs("finish_reason"u8))
            {
                reader.Read();
                hasReason = true;
                reason = FinishReason.Of(reader.ReadText());
                continue;
            }

            if (reader.TextIs("index"u8))
            {
                JsonCopy.Token(ref reader, json, writer);
                reader.Read();
                position = reader.Whole() is >= 0 and <= int.MaxValue and var index ? (int)index : position;
                JsonCopy.Value(ref reader, json, writer);
                continue;
            }

            var isMessage = reader.TextIs("delta"u8) || reader.TextIs("message"u8);
            var isFree = !isMessage && IsFree(reader);
            var key = Key(position, isMessage ? [] : reader.ValueSpan);
            if (isFree && fields!.Hides(reader))
            {
                reader.Skip();
                continue;
            }

            JsonCopy.Token(ref reader, json, writer);
            reader.Read();
            if (isMessage && reader.TokenType == JsonTokenType.StartObject)
            {
                callsTools |= WriteObject(ref reader, json, writer, key, Part.Message) && isWhole;
            }
            else if (isFree)
            {
                WriteValue(ref reader, json, writer, key, Part.Free);
            }
            else
            {
                JsonCopy.Value(ref reader, json, writer);
            }
        }

        if (isWhole || hasReason)
        {
            writer.WriteString("finish_reason"u8, reason ?? (isWhole ? callsTools ? FinishReason.ToolCalls : FinishReason.Stop : null));
        }

        writer.WriteEndObject();
    }

    private bool IsFree(in Utf8JsonReader reader) => fields is not null && !ProviderFields.IsOneOf(reader, Answer);

    /// <param name="key">Tells this object from the others of the answer.</param>
    /// <returns>Whether it has tool calls.</returns>
    private bool WriteObject(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, Utf8JsonWriter writer, long key, Part part)
    {
        var hasCalls = false;
        writer.WriteStartObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var inside = part == Part.Message ? IsFree(reader) ? Part.Free : Part.Answer : part;
            if (inside == Part.Free && fields!.Hides(reader))
            {
                reader.Skip();
                continue;
            }

            var isArguments = reader.TextIs("arguments"u8);
            var isIndex = reader.TextIs("index"u8);
            var isCalls = reader.TextIs("tool_calls"u8);
            var inner = Key(key, reader.ValueSpan);
            JsonCopy.Token(ref reader, json, writer);
            reader.Read();
            if (isArguments && reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                writer.WriteStringValue(Encoding.UTF8.GetString(json[start..(int)reader.BytesConsumed]));
                continue;
            }

            if (isIndex && reader.Whole() is { } index)
            {
                // The pieces of one call keep together by its index, wherever they stand in their lists.
                key = Key(index, "index"u8);
            }

            hasCalls |= WriteValue(ref reader, json, writer, inner, inside) && isCalls;
        }

        writer.WriteEndObject();
        return hasCalls;
    }

    /// <returns>Whether it is a list with items.</returns>
    private bool WriteValue(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, Utf8JsonWriter writer, long key, Part part)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                WriteObject(ref reader, json, writer, key, part);
                return false;
            case JsonTokenType.StartArray:
                var items = 0;
                writer.WriteStartArray();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    if (part != Part.Free || !fields!.HidesValue(reader))
                    {
                        WriteValue(ref reader, json, writer, Key(key + items++, []), part);
                    }
                }

                writer.WriteEndArray();
                return items > 0;
            case JsonTokenType.String when !isWhole && (_halves is { Count: > 0 } || !JsonCopy.IsClean(reader)):
                WritePiece(ref reader, writer, key);
                return false;
            default:
                JsonCopy.Token(ref reader, json, writer);
                return false;
        }
    }

    private void WritePiece(ref Utf8JsonReader reader, Utf8JsonWriter writer, long key)
    {
        _halves ??= [];
        var half = _halves.GetValueOrDefault(key);
        writer.WriteStringValue(half.Join(reader.ReadPiece()));
        if (half.IsEmpty)
        {
            _halves.Remove(key);
        }
        else
        {
            _halves[key] = half;
        }
    }

    private static long Key(long parent, ReadOnlySpan<byte> name)
    {
        // FNV-1a: a few bytes, and keys are compared only where a character was cut.
        var hash = unchecked((ulong)parent ^ 14695981039346656037);
        foreach (var letter in name)
        {
            hash = unchecked((hash ^ letter) * 1099511628211);
        }

        return unchecked((long)(hash * 1099511628211));
    }

    /// <summary>What an object or a value is a part of.</summary>
    private enum Part
    {
        /// <summary>A message, whose fields are either of the others.</summary>
        Message,

        Answer,

        /// <summary>A field that no API of OpenAI's has.</summary>
        Free,
    }
}
