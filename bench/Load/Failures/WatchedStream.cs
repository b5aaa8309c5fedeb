using System.Text;

namespace Ensemble.Load.Failures;

/// <summary>A stream of events that passes through, and whose error event is taken down.</summary>
internal sealed class WatchedStream(Stream inner, RequestRecord record) : Stream
{
    private const int MaxTail = 512;

    private string _tail = "";

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken);
        Scan(buffer.Span[..count]);
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = inner.Read(buffer, offset, count);
        Scan(buffer.AsSpan(offset, read));
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Scan(ReadOnlySpan<byte> bytes)
    {
        if (record.ErrorEvent is not null)
        {
            return;
        }

        var text = _tail + Encoding.UTF8.GetString(bytes);
        var at = text.IndexOf("\"code\":\"", StringComparison.Ordinal);
        if (text.Contains("\"error\":", StringComparison.Ordinal) && at >= 0)
        {
            var code = text.AsSpan(at + 8);
            record.ErrorEvent = (code.IndexOf('"') is var end and >= 0 ? code[..end] : code).ToString();
        }

        _tail = text.Length > MaxTail ? text[^MaxTail..] : text;
    }
}
