using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Ensemble.Load.Failures;

/// <summary>
/// Passes connections on, between this machine's network and another. Cut, it lets nothing through: connections stay open, and what was written is held, as
/// the network does with what it has to send again. Slowed, each piece is held for that long.
/// </summary>
internal sealed class TcpRelay : IAsyncDisposable
{
    private const int MaxPieces = 256;
    private const int MaxPiece = 1 << 16;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly Socket _listener;
    private readonly Func<Socket> _connect;
    private readonly int _port;
    private readonly Task _accepting;
    private long _delay;
    private volatile bool _isCut;

    /// <param name="listen">Makes the socket that listens, where connections come from.</param>
    /// <param name="connect">Makes sockets where they go to.</param>
    /// <param name="port">Of both sides, each on its own loopback.</param>
    public TcpRelay(Func<Socket> listen, Func<Socket> connect, int port)
    {
        (_connect, _port) = (connect, port);
        _listener = listen();
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    /// <summary>Whether nothing gets through.</summary>
    public bool IsCut
    {
        get => _isCut;
        set => _isCut = value;
    }

    /// <summary>How long each piece is held, in each direction.</summary>
    public TimeSpan Delay
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref _delay));
        set => Volatile.Write(ref _delay, value.Ticks);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var served = new List<Task>();
        try
        {
            while (true)
            {
                served.Add(ServeAsync(await _listener.AcceptAsync(_stop.Token)));
            }
        }
        catch (Exception problem) when (problem is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(served);
        }
    }

    private async Task ServeAsync(Socket near)
    {
        using var from = new NetworkStream(near, ownsSocket: true);
        using var far = _connect();
        try
        {
            while (_isCut)
            {
                await Task.Delay(Poll, TimeProvider.System, _stop.Token);
            }

            await far.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _port), _stop.Token);
            await using var to = new NetworkStream(far);
            (near.NoDelay, far.NoDelay) = (true, true);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            var pumps = new[] { PumpAsync(from, to, ended.Token), PumpAsync(to, from, ended.Token) };
            await Task.WhenAny(pumps);
            await ended.CancelAsync();
            await Task.WhenAll(pumps);
        }
        catch (Exception problem) when (problem is OperationCanceledException or SocketException)
        {
            // One of the two is gone: the other learns of it by its own connection's end.
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, CancellationToken cancel)
    {
        var pieces = Channel.CreateBounded<(long Due, byte[] Bytes)>(MaxPieces);
        var writing = WriteAsync(to, pieces.Reader, cancel);
        try
        {
            var buffer = new byte[MaxPiece];
            while (await from.ReadAsync(buffer, cancel) is var count and > 0)
            {
                var due = Stopwatch.GetTimestamp() + (long)(Delay.TotalSeconds * Stopwatch.Frequency);
                await pieces.Writer.WriteAsync((due, buffer[..count]), cancel);
            }
        }
        catch (Exception problem) when (problem is OperationCanceledException or IOException or InvalidOperationException)
        {
            // Its end is passed on below.
        }

        pieces.Writer.Complete();
        await writing;
    }

    private async Task WriteAsync(NetworkStream to, ChannelReader<(long Due, byte[] Bytes)> pieces, CancellationToken cancel)
    {
        try
        {
            await foreach (var (due, bytes) in pieces.ReadAllAsync(cancel))
            {
                while (_isCut || Stopwatch.GetTimestamp() < due)
                {
                    await Task.Delay(Poll, TimeProvider.System, cancel);
                }

                await to.WriteAsync(bytes, cancel);
            }
        }
        catch (Exception problem) when (problem is OperationCanceledException or IOException)
        {
            // The other side is gone.
        }
    }
}
