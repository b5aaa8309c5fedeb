using System.Buffers.Text;
using System.Globalization;

namespace Ensemble.Load.Tokens;

/// <summary>The moment at which the stub wrote a token, as the token's text: on Linux all processes of a machine read the same monotonic clock.</summary>
internal static class TokenStamp
{
    public const string Placeholder = "@0000000000000000 ";

    private const byte Mark = (byte)'@';
    private const int Digits = 16;

    /// <param name="token">Holds the mark and its digits, which are overwritten.</param>
    public static void Write(Span<byte> token, long now) =>
        now.TryFormat(token.Slice(token.IndexOf(Mark) + 1, Digits), out _, "D16", CultureInfo.InvariantCulture);

    /// <summary>Finds the first whole stamp.</summary>
    /// <param name="text">Moved behind the stamp; where there is none, to where the next one may begin.</param>
    public static bool TryTake(ref ReadOnlySpan<byte> text, out long written)
    {
        written = 0;
        for (var at = text.IndexOf(Mark); at >= 0; at = text.IndexOf(Mark))
        {
            text = text[at..];
            if (text.Length <= Digits)
            {
                return false;
            }

            var isStamp = Utf8Parser.TryParse(text.Slice(1, Digits), out written, out var used) && used == Digits;
            text = text[(isStamp ? Digits + 1 : 1)..];
            if (isStamp)
            {
                return true;
            }
        }

        text = default;
        return false;
    }
}
