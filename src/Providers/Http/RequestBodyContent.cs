using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using Ensemble.Chat;

namespace Ensemble.Providers.Http;

/// <summary>Sends a body's pieces without joining them, unless it is so small that one write is cheaper than many.</summary>
internal sealed class RequestBodyContent : HttpContent
{
    private const int OneWrite = 16 * 1024;

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly RequestBody _body;

    public RequestBodyContent(RequestBody body)
    {
        _body = body;
        Headers.ContentType = Json;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (_body.Length > OneWrite)
        {
            foreach (var segment in _body.Segments)
            {
                await stream.WriteAsync(segment, cancellationToken);
            }

            return;
        }

        // Not returned where the write fails: the connection may still hold the buffer then.
        var length = (int)_body.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        _body.CopyTo(buffer);
        await stream.WriteAsync(buffer.AsMemory(0, length), cancellationToken);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
