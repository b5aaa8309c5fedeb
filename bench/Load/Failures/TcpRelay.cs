using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Ensemble.Load.Failures;

/// <summary>
/// Stands between frontends and the gateway of one silo. Cut, it lets nothing through: connections stay open, and what was written is held, as
/// the network does with what it has to send again. Slowed, each piece is held for that long.
/// </summary>
internal sealed class TcpRelay : IAsyncDisposable
{
    private const int MaxPieces = 256;
    private const int MaxPiece = 1 << 16;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private readonly Task _accepting;
    private long _delay;
    private volatile bool _isCut;

    public TcpRelay(int target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public int Target => _target;

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
        _listener.Stop();
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
                served.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception problem) when (problem is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(served);
        }
    }

    private async Task ServeAsync(TcpClient near)
    {
        using var _ = near;
        using var far = new TcpClient();
        try
        {
            while (_isCut)
            {
                await Task.Delay(Poll, TimeProvider.System, _stop.Token);
            }

            await far.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
            (near.NoDelay, far.NoDelay) = (true, true);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            var pumps = new[] { PumpAsync(near, far, ended.Token), PumpAsync(far, near, ended.Token) };
            await Task.WhenAny(pumps);
            await ended.CancelAsync();
            await Task.WhenAll(pumps);
        }
        catch (Exception problem) when (problem is OperationCanceledException or SocketException)
        {
            // One of the two is gone: the other learns of it by its own connection's end.
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, CancellationToken cancel)
    {
        var pieces = Channel.CreateBounded<(long Due, byte[] Bytes)>(MaxPieces);
        var writing = WriteAsync(to.GetStream(), pieces.Reader, cancel);
        try
        {
            var buffer = new byte[MaxPiece];
            while (await from.GetStream().ReadAsync(buffer, cancel) is var count and > 0)
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
