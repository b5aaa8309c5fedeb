using System.Buffers;

namespace Ensemble.Upstreams.Http;

/// <summary>A whole response body in a rented buffer, which <see cref="Dispose"/> gives back.</summary>
internal sealed class PooledBody : IDisposable
{
    private const int FirstSize = 16 * 1024;

    private byte[] _buffer;
    private int _length;

    private PooledBody(int size) => _buffer = ArrayPool<byte>.Shared.Rent(size);

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    /// <exception cref="BodyTooLargeException">The body is, or says that it is, larger than <paramref name="limit"/> bytes.</exception>
    public static async Task<PooledBody> ReadAsync(HttpContent content, int limit, ICallWatch? watch, CancellationToken cancellationToken)
    {
        var announced = content.Headers.ContentLength;
        if (announced > limit)
        {
            throw new BodyTooLargeException(limit);
        }

        return await ReadAsync(content, (int)(announced + 1 ?? FirstSize), cut: false, limit, watch, cancellationToken);
    }

    /// <summary>Reads up to <paramref name="limit"/> bytes and leaves the rest.</summary>
    public static Task<PooledBody> ReadStartAsync(HttpContent content, int limit, CancellationToken cancellationToken) =>
        ReadAsync(content, FirstSize, cut: true, limit, null, cancellationToken);

    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        _length = 0;
    }

    private static async Task<PooledBody> ReadAsync(
        HttpContent content, int size, bool cut, int limit, ICallWatch? watch, CancellationToken cancellationToken)
    {
        await using var stream = new BoundedStream(
            await content.ReadAsStreamAsync(cancellationToken), cut ? long.MaxValue : limit, watch);
        var body = new PooledBody(size);
        try
        {
            int read;
            while ((read = await stream.ReadAsync(body._buffer.AsMemory(body._length), cancellationToken)) > 0)
            {
                body._length += read;
                if (cut && body._length >= limit)
                {
                    body._length = limit;
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
