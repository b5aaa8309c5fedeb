using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ensemble.Frontend.Tests.Support;

/// <summary>One HTTP/1.1 exchange as it stands on the wire.</summary>
internal sealed class RawHttp : IDisposable
{
    private readonly TcpClient _client = new();
    private NetworkStream _stream = null!;

    private RawHttp()
    {
    }

    public static async Task<RawHttp> ConnectAsync(Uri url)
    {
        var raw = new RawHttp();
        await raw._client.ConnectAsync(IPAddress.Loopback, url.Port, Now.Cancel);
        raw._stream = raw._client.GetStream();
        return raw;
    }

    public Task SendAsync(string text) => _stream.WriteAsync(Encoding.UTF8.GetBytes(text), Now.Cancel).AsTask();

    public Task PostChatAsync(string json, string key = "any") => SendAsync(
        $"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}");

    /// <summary>Reads until <paramref name="mark"/> has come.</summary>
    public async Task<string> ReadUntilAsync(string mark)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (!text.ToString().Contains(mark, StringComparison.Ordinal))
        {
            var read = await _stream.ReadAsync(buffer, Now.Cancel);
            read.ShouldBeGreaterThan(0, text.ToString());
            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        return text.ToString();
    }

    /// <summary>Reads until the connection ends, in whatever way.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (await _stream.ReadAsync(buffer, Now.Cancel) is > 0 and var read)
            {
                text.Append(Encoding.UTF8.GetString(buffer, 0, read));
            }
        }
        catch (IOException)
        {
            // Reset instead of closed: an end all the same.
        }

        return text.ToString();
    }

    /// <summary>Ends the connection as a process does that is killed: with a reset.</summary>
    public void Reset()
    {
        _client.LingerState = new LingerOption(enable: true, seconds: 0);
        _client.Close();
    }

    public void Dispose() => _client.Dispose();
}
