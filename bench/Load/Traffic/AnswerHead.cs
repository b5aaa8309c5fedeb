using System.Buffers.Text;
using System.Text;

namespace Ensemble.Load.Traffic;

/// <summary>
/// The little of an HTTP/1.1 answer that the load reads: status, where it ends, and whether it is degraded. Nothing follows it on its
/// connection.
/// </summary>
/// <param name="Length">Of the body; null = it comes in chunks.</param>
internal readonly record struct AnswerHead(int Status, int BodyAt, int? Length, bool IsDegraded)
{
    public const string Degraded = "x-ensemble-degraded";

    /// <returns>False where the head has not come as a whole yet.</returns>
    /// <exception cref="LoadException">It is no answer of HTTP/1.1, or does not say where it ends.</exception>
    public static bool TryRead(ReadOnlySpan<byte> answer, out AnswerHead head)
    {
        head = default;
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        if (!answer.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(answer.Slice(9, 3), out int status, out _))
        {
            throw new LoadException($"no answer of HTTP/1.1: {Encoding.Latin1.GetString(answer[..Math.Min(end, 100)])}");
        }

        var (length, isChunked, isDegraded) = ((int?)null, false, false);
        var lines = answer[..end];
        for (var at = lines.IndexOf("\r\n"u8); at >= 0; at = lines.IndexOf("\r\n"u8))
        {
            lines = lines[(at + 2)..];
            var colon = lines.IndexOf((byte)':');
            var name = lines[..Math.Max(colon, 0)];
            if (Ascii.EqualsIgnoreCase(name, "content-length"u8)
                && Utf8Parser.TryParse(lines[(colon + 1)..].TrimStart((byte)' '), out int value, out _))
            {
                length = value;
            }

            isChunked |= Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8);
            isDegraded |= Ascii.EqualsIgnoreCase(name, Degraded);
        }

        if (length is null && !isChunked)
        {
            throw new LoadException("an answer that does not say where it ends");
        }

        head = new AnswerHead(status, end + 4, isChunked ? null : length, isDegraded);
        return true;
    }

    /// <summary>The blank line before the body ends what would be the chunk before, where there is none.</summary>
    public bool IsWhole(ReadOnlySpan<byte> answer) =>
        Length is { } length ? answer.Length >= BodyAt + length : answer[(BodyAt - 2)..].EndsWith("\r\n0\r\n\r\n"u8);
}
