using Ensemble.Upstreams;

namespace Ensemble.Providers.Http;

/// <summary>A response's body that ends with an exception where it goes over its limit, and tells a watch of what comes in.</summary>
/// <param name="limit">In bytes as they are read, which of a compressed body are those that it comes to.</param>
internal sealed class BoundedStream(Stream inner, long limit, ICallMonitor? watch) : ReadOnlyStream
{
    private long _received;

    /// <exception cref="BodyTooLargeException">More than the limit came in.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        _received += read;
        if (_received > limit)
        {
            throw new BodyTooLargeException(limit);
        }

        if (read > 0)
        {
            watch?.OnBytes();
        }

        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
