using System.Buffers;
using System.IO.Compression;

namespace Ensemble.Usage;

/// <summary>
/// Long JSON as it is stored: compressed by Brotli behind a byte that no JSON begins with, to about a fifth for a manifest. What begins
/// otherwise was stored as it is.
/// </summary>
internal static class PackedJson
{
    private const byte Brotli = 1;

    /// <summary>The fastest one; the next wins 5 % for a third more time.</summary>
    private const int Quality = 0;

    private const int Window = 18;

    /// <summary>No more is ever written, nor read out of a damaged row.</summary>
    private const int MaxLength = 4 * 1024 * 1024;

    public static byte[] Pack(ReadOnlySpan<byte> json)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(json.Length) + 1);
        try
        {
            buffer[0] = Brotli;
            return BrotliEncoder.TryCompress(json, buffer.AsSpan(1), out var written, Quality, Window) && written + 1 < json.Length
                ? buffer[..(written + 1)]
                : json.ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static ReadOnlyMemory<byte> Unpack(ReadOnlyMemory<byte> stored)
    {
        if (stored.Span is not [Brotli, .. var packed])
        {
            return stored;
        }

        using var brotli = default(BrotliDecoder);
        var json = new ArrayBufferWriter<byte>(16 * packed.Length);
        OperationStatus status;
        do
        {
            status = brotli.Decompress(packed, json.GetSpan(1024), out var read, out var written);
            json.Advance(written);
            packed = packed[read..];
        }
        while (status == OperationStatus.DestinationTooSmall && json.WrittenCount <= MaxLength);

        return status == OperationStatus.Done && json.WrittenCount <= MaxLength
            ? json.WrittenMemory
            : throw new InvalidDataException(
                $"The {stored.Length} bytes are not what was compressed, or are longer than {MaxLength} bytes when they are not.");
    }
}
