using System.Buffers;

namespace Ensemble.Providers.Http;

/// <summary>A stream to read from, whose first bytes can be looked at before they are read.</summary>
internal sealed class PeekedStream(Stream inner) : ReadOnlyStream
{
    /// <summary>Bytes that can be looked at.</summary>
    public const int MaxBytes = 4096;

    private byte[] _start = [];
    private int _at;
    private int _length;
    private bool _isAtEnd;

    /// <summary>The bytes that were looked at and not yet read.</summary>
    public ReadOnlySpan<byte> Start => _start.AsSpan(_at, _length - _at);

    /// <summary>Looks at more bytes.</summary>
    /// <returns>False where there are no more, or no more can be looked at.</returns>
    public async ValueTask<bool> PeekAsync(CancellationToken cancellationToken)
    {
        if (_start.Length == 0)
        {
            _start = ArrayPool<byte>.Shared.Rent(MaxBytes);
        }

        if (_isAtEnd || _length == _start.Length)
        {
            return false;
        }

        var read = await inner.ReadAsync(_start.AsMemory(_length), cancellationToken);
        _length += read;
        _isAtEnd = read == 0;
        return read > 0;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_at == _length)
        {
            return _isAtEnd ? new(0) : inner.ReadAsync(buffer, cancellationToken);
        }

        var read = Math.Min(buffer.Length, _length - _at);
        _start.AsSpan(_at, read).CopyTo(buffer.Span);
        _at += read;
        return new(read);
    }

    protected override void Dispose(bool disposing)
    {
        var start = Interlocked.Exchange(ref _start, []);
        (_at, _length) = (0, 0);
        if (start.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(start);
        }

        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
