using System.Buffers;
using System.Text.Json;
using Ensemble.Chat;

namespace Ensemble.Providers.Anthropic;

/// <summary>
/// Writes a request's JSON in pieces: what is long is not copied but pointed to, so that the members of a panel share one
/// copy of an image. Commas are the caller's.
/// </summary>
internal sealed class BodyWriter
{
    private const int MinSharedBytes = 1024;

    private readonly List<ReadOnlyMemory<byte>> _segments = [];
    private ArrayBufferWriter<byte> _buffer = new(1024);

    public BodyWriter Write(ReadOnlySpan<byte> json)
    {
        _buffer.Write(json);
        return this;
    }

    /// <param name="json">Bytes that outlive the request, such as those of the caller's body.</param>
    public BodyWriter Write(ReadOnlyMemory<byte> json)
    {
        if (json.Length < MinSharedBytes)
        {
            return Write(json.Span);
        }

        Flush();
        _segments.Add(json);
        return this;
    }

    public BodyWriter WriteText(string text) => Write(JsonSerializer.SerializeToUtf8Bytes(text, ChatJson.Default.String).AsSpan());

    public RequestBody Complete()
    {
        Flush();
        return new RequestBody(_segments);
    }

    private void Flush()
    {
        if (_buffer.WrittenCount > 0)
        {
            _segments.Add(_buffer.WrittenMemory);
            _buffer = new ArrayBufferWriter<byte>(1024);
        }
    }
}
