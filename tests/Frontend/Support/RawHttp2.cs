using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ensemble.Frontend.Tests.Support;

/// <summary>
/// One HTTP/2 exchange, with prior knowledge, frame by frame (RFC 9113 §4.1): a client library may drop what it has not
/// handed on when a stream is reset, so that only the frames tell what was sent before.
/// </summary>
internal sealed class RawHttp2 : IDisposable
{
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte ResetStream = 3;
    private const byte Settings = 4;
    private const byte GoAway = 7;
    private const byte EndStream = 1;
    private const byte EndHeaders = 4;
    private const byte Acknowledge = 1;

    private readonly TcpClient _client = new();
    private NetworkStream _stream = null!;

    private RawHttp2()
    {
    }

    /// <summary>What the data frames of the stream held, and how it ended.</summary>
    public readonly record struct Exchange(string Body, bool Ended, uint? ResetCode);

    public static async Task<RawHttp2> ConnectAsync(Uri url)
    {
        var raw = new RawHttp2();
        await raw._client.ConnectAsync(IPAddress.Loopback, url.Port, Now.Cancel);
        raw._stream = raw._client.GetStream();
        await raw._stream.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(), Now.Cancel);
        await raw.WriteAsync(Settings, 0, 0, []);
        return raw;
    }

    public async Task PostChatAsync(string json)
    {
        await WriteAsync(Headers, EndHeaders, 1,
        [
            .. Literal(":method", "POST"), .. Literal(":scheme", "http"), .. Literal(":path", "/v1/chat/completions"),
            .. Literal(":authority", "localhost"), .. Literal("content-type", "application/json"),
        ]);
        await WriteAsync(Data, EndStream, 1, Encoding.UTF8.GetBytes(json));
    }

    /// <summary>Reads frames until the body holds <paramref name="mark"/>.</summary>
    public Task<Exchange> ReadUntilAsync(string mark) => ReadAsync(mark);

    public Task<Exchange> ReadToEndAsync() => ReadAsync(null);

    public void Dispose() => _client.Dispose();

    private async Task<Exchange> ReadAsync(string? mark)
    {
        var body = new StringBuilder();
        var header = new byte[9];
        while (mark is null || !body.ToString().Contains(mark, StringComparison.Ordinal))
        {
            await _stream.ReadExactlyAsync(header, Now.Cancel);
            var payload = new byte[(header[0] << 16) | (header[1] << 8) | header[2]];
            await _stream.ReadExactlyAsync(payload, Now.Cancel);
            var (type, flags) = (header[3], header[4]);
            var stream = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(5));
            type.ShouldNotBe(GoAway);
            if (type == Settings && (flags & Acknowledge) == 0)
            {
                await WriteAsync(Settings, Acknowledge, 0, []);
            }

            if (stream != 1)
            {
                continue;
            }

            if (type == Data)
            {
                body.Append(Encoding.UTF8.GetString(payload));
            }

            if (type == ResetStream)
            {
                return new Exchange(body.ToString(), false, BinaryPrimitives.ReadUInt32BigEndian(payload));
            }

            if (type is Data or Headers && (flags & EndStream) != 0)
            {
                return new Exchange(body.ToString(), true, null);
            }
        }

        return new Exchange(body.ToString(), false, null);
    }

    /// <summary>A header field without indexing and without Huffman coding (RFC 7541 §6.2.2); both texts are shorter than 127.</summary>
    private static byte[] Literal(string name, string value) =>
        [0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];

    private Task WriteAsync(byte type, byte flags, uint stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        (frame[0], frame[1], frame[2]) = ((byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length);
        (frame[3], frame[4]) = (type, flags);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return _stream.WriteAsync(frame, Now.Cancel).AsTask();
    }
}
