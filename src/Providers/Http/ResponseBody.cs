using System.IO.Compression;

namespace Ensemble.Providers.Http;

/// <summary>
/// A response's body, decompressed, and read by what it is: labels are often wrong. Nothing compressed is asked for, but a server may
/// send it all the same, and some say so nowhere.
/// </summary>
internal static class ResponseBody
{
    /// <exception cref="InvalidDataException">It is compressed in a way that is not known.</exception>
    public static async Task<PeekedStream> OpenAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var body = new PeekedStream(await content.ReadAsStreamAsync(cancellationToken));
        try
        {
            while (body.Start.Length < 2 && await body.PeekAsync(cancellationToken))
            {
            }

            if (content.Headers.NonValidated.TryGetValues("Content-Encoding", out var labels))
            {
                foreach (var label in string.Join(',', labels.ToArray()).Split(',', StringSplitOptions.TrimEntries).Reverse())
                {
                    body = await DecodeAsync(body, label, cancellationToken);
                }
            }

            return IsGzip(body.Start) ? await PeekedAsync(new GZipStream(body, CompressionMode.Decompress), cancellationToken) : body;
        }
        catch
        {
            await body.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether a body is a stream of events, and not one JSON value.</summary>
    /// <param name="asked">Whether a stream was asked for; decides where the body itself does not.</param>
    public static async Task<bool> IsStreamAsync(PeekedStream body, bool asked, CancellationToken cancellationToken)
    {
        bool? isStream;
        while ((isStream = IsStream(body.Start, asked)) is null && await body.PeekAsync(cancellationToken))
        {
        }

        return isStream ?? asked;
    }

    /// <returns>Null where more bytes are needed.</returns>
    private static bool? IsStream(ReadOnlySpan<byte> start, bool asked)
    {
        start = start.StartsWith("\uFEFF"u8) ? start[3..] : start;
        start = start.TrimStart(" \t\r\n"u8);
        return start switch
        {
            [] or [0xEF, ..] when start.Length < 3 => null,
            [(byte)'{' or (byte)'[', ..] => false,
            [(byte)':', ..] => true,
            _ when asked => true,
            _ when IsField(start, "data"u8) || IsField(start, "event"u8) || IsField(start, "id"u8) || IsField(start, "retry"u8) => true,
            { Length: < 6 } => null,
            _ => false,
        };
    }

    private static bool IsField(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name) =>
        line.Length > name.Length && line.StartsWith(name) && line[name.Length] == (byte)':';

    private static async ValueTask<PeekedStream> DecodeAsync(PeekedStream body, string label, CancellationToken cancellationToken)
    {
        switch (label.ToLowerInvariant())
        {
            case "" or "identity":
            case "gzip" or "x-gzip" when !IsGzip(body.Start):
                return body;
            case "gzip" or "x-gzip":
                return await PeekedAsync(new GZipStream(body, CompressionMode.Decompress), cancellationToken);
            case "br":
                return await PeekedAsync(new BrotliStream(body, CompressionMode.Decompress), cancellationToken);
            case "deflate":
                // Named after what zlib puts around it; some servers send it bare.
                return await PeekedAsync(
                    IsZlib(body.Start) ? new ZLibStream(body, CompressionMode.Decompress) : new DeflateStream(
                        body, CompressionMode.Decompress),
                    cancellationToken);
            default:
                throw new InvalidDataException(
                    $"The provider's answer is compressed as '{label}', and only gzip, br and deflate can be read.");
        }
    }

    private static async ValueTask<PeekedStream> PeekedAsync(Stream decoded, CancellationToken cancellationToken)
    {
        var body = new PeekedStream(decoded);
        try
        {
            await body.PeekAsync(cancellationToken);
            return body;
        }
        catch
        {
            await body.DisposeAsync();
            throw;
        }
    }

    private static bool IsGzip(ReadOnlySpan<byte> start) => start is [0x1F, 0x8B, ..];

    private static bool IsZlib(ReadOnlySpan<byte> start) =>
        start is [var first, var second, ..] && (first & 0x0F) == 8 && ((first << 8) | second) % 31 == 0;
}
