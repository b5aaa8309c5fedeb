using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ensemble.Judging;

/// <summary>Writes a user message, its text piece by piece straight into JSON: a judge's prompt is long, and is needed once.</summary>
internal sealed class PromptWriter : IDisposable
{
    private static readonly JsonWriterOptions Relaxed =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>A buffer that grew larger is not kept for the next prompt, in bytes.</summary>
    private const int MaxKept = 256 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _kept;

    private readonly ArrayBufferWriter<byte> _buffer;
    private readonly Utf8JsonWriter _json;
    private readonly bool _hasAttachments;

    /// <param name="hasAttachments">Whether other parts follow the text.</param>
    public PromptWriter(bool hasAttachments)
    {
        (_buffer, _kept) = (_kept ?? new ArrayBufferWriter<byte>(16 * 1024), null);
        _json = new Utf8JsonWriter(_buffer, Relaxed);
        _hasAttachments = hasAttachments;
        _json.WriteStartObject();
        _json.WriteString("role"u8, "user"u8);
        if (!hasAttachments)
        {
            _json.WritePropertyName("content"u8);
            return;
        }

        _json.WriteStartArray("content"u8);
        _json.WriteStartObject();
        _json.WriteString("type"u8, "text"u8);
        _json.WritePropertyName("text"u8);
    }

    public PromptWriter Write(ReadOnlySpan<char> text)
    {
        _json.WriteStringValueSegment(text, isFinalSegment: false);
        return this;
    }

    /// <param name="attachments">Content parts as JSON; none where the writer was not told of any.</param>
    /// <returns>The message as JSON.</returns>
    public ReadOnlyMemory<byte> End(params IEnumerable<ReadOnlyMemory<byte>> attachments)
    {
        _json.WriteStringValueSegment(ReadOnlySpan<char>.Empty, isFinalSegment: true);
        if (_hasAttachments)
        {
            _json.WriteEndObject();
            foreach (var part in attachments)
            {
                _json.WriteRawValue(part.Span, skipInputValidation: true);
            }

            _json.WriteEndArray();
        }

        _json.WriteEndObject();
        _json.Flush();
        return _buffer.WrittenSpan.ToArray();
    }

    public void Dispose()
    {
        _json.Dispose();
        if (_buffer.Capacity <= MaxKept)
        {
            _buffer.ResetWrittenCount();
            _kept = _buffer;
        }
    }
}
