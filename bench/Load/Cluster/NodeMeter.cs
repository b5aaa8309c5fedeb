using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Ensemble.Load.Metering;

namespace Ensemble.Load.Cluster;

/// <summary>Lets a node count until it is disposed of.</summary>
internal sealed class NodeMeter : IDisposable
{
    private readonly NetworkStream _stream;
    private readonly StreamReader _reader;

    private NodeMeter(Socket socket)
    {
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reader = new StreamReader(_stream, Encoding.UTF8);
    }

    public static async Task<NodeMeter> OpenAsync(Node node, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(node.Meter), cancel);
        return new NodeMeter(socket);
    }

    /// <returns>By name: how often it was moved, and by how much in all.</returns>
    public async Task<IReadOnlyDictionary<string, (long Count, long Sum)>> ReadAsync(CancellationToken cancel)
    {
        await _stream.WriteAsync(new byte[1], cancel);
        var totals = new Dictionary<string, (long Count, long Sum)>();
        while (await _reader.ReadLineAsync(cancel) is { } line && line != MeterEndpoint.End)
        {
            var parts = line.Split(' ');
            totals[parts[0]] = (Number(parts[1]), Number(parts[2]));
        }

        return totals;
    }

    public void Dispose()
    {
        _reader.Dispose();
        _stream.Dispose();
    }

    private static long Number(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
