using System.IO.Compression;

namespace Ensemble.Storage.Sql;

/// <summary>
/// Long JSON as it is stored: compressed by Brotli behind a byte that no JSON begins with, to about a fifth for a manifest. What begins
/// otherwise was stored as it is.
/// </summary>
internal static class PackedJson
{
    private const byte Brotli = 1;

    /// <summary>The fastest one; higher ones win some percent.</summary>
    private const int Quality = 1;

    private const int Window = 18;

    /// <summary>No more is ever written, nor read out of a damaged row.</summary>
    private const int MaxLength = 4 * 1024 * 1024;

    public static byte[] Pack(ReadOnlySpan<byte> json)
    {
        var packed = new byte[BrotliEncoder.GetMaxCompressedLength(json.Length) + 1];
        packed[0] = Brotli;
        return BrotliEncoder.TryCompress(json, packed.AsSpan(1), out var written, Quality, Window) && written + 1 < json.Length
            ? packed[..(written + 1)]
            : json.ToArray();
    }

    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static byte[] Unpack(byte[] stored)
    {
        if (stored is not [Brotli, ..])
        {
            return stored;
        }

        using var brotli = new BrotliStream(new MemoryStream(stored, 1, stored.Length - 1), CompressionMode.Decompress);
        using var json = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            for (int read; (read = brotli.Read(buffer)) > 0 && json.Length <= MaxLength;)
            {
                json.Write(buffer, 0, read);
            }
        }
        catch (InvalidOperationException exception)
        {
            // So the stream says it.
            throw new InvalidDataException("It is not what was compressed.", exception);
        }

        return json.Length <= MaxLength ? json.ToArray() : throw new InvalidDataException("It is longer than anything that is stored.");
    }
}
