using System.Buffers;
using Ensemble.Upstreams;

namespace Ensemble.Providers.Http;

/// <summary>A whole response body in a rented buffer, which <see cref="Dispose"/> gives back.</summary>
internal sealed class PooledBody : IDisposable
{
    private const int FirstSize = 16 * 1024;

    private byte[] _buffer;
    private int _length;

    private PooledBody(int size) => _buffer = ArrayPool<byte>.Shared.Rent(size);

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    /// <param name="announced">How long it says that it is, in bytes; null = it does not say.</param>
    /// <exception cref="BodyTooLargeException">The body is, or says that it is, larger than <paramref name="limit"/> bytes.</exception>
    public static Task<PooledBody> ReadAsync(
        Stream content, long? announced, int limit, ICallMonitor? watch, CancellationToken cancellationToken) =>
        announced > limit
            ? throw new BodyTooLargeException(limit)
            : ReadAsync(new BoundedStream(content, limit, watch), (int)(announced + 1 ?? FirstSize), int.MaxValue, cancellationToken);

    /// <summary>Reads up to <paramref name="limit"/> bytes and leaves the rest.</summary>
    public static Task<PooledBody> ReadStartAsync(Stream content, int limit, CancellationToken cancellationToken) =>
        ReadAsync(content, FirstSize, limit, cancellationToken);

    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        _length = 0;
    }

    private static async Task<PooledBody> ReadAsync(Stream stream, int size, int most, CancellationToken cancellationToken)
    {
        var body = new PooledBody(size);
        try
        {
            int read;
            while ((read = await stream.ReadAsync(body._buffer.AsMemory(body._length), cancellationToken)) > 0)
            {
                body._length += read;
                if (body._length >= most)
                {
                    body._length = most;
                    break;
                }

                body.Grow();
            }

            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    private void Grow()
    {
        if (_length < _buffer.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        Bytes.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
