using System.Buffers.Text;
using System.Globalization;

namespace Ensemble.Load;

/// <summary>The number of a run inside its question, by which the stub knows whose call it is serving.</summary>
internal static class RunMark
{
    public const string Placeholder = "bench-run-00000000";

    private const int Digits = 8;

    public static ReadOnlySpan<byte> Prefix => "bench-run-"u8;

    /// <summary>-1 where there is none.</summary>
    public static int Read(ReadOnlySpan<byte> body)
    {
        var at = body.IndexOf(Prefix);
        return at >= 0
            && body.Length >= at + Prefix.Length + Digits
            && Utf8Parser.TryParse(body.Slice(at + Prefix.Length, Digits), out int run, out var used)
            && used == Digits
                ? run
                : -1;
    }

    /// <param name="body">Holds the prefix and eight digits, which are overwritten.</param>
    public static void Write(Span<byte> body, int run) =>
        run.TryFormat(body.Slice(body.IndexOf(Prefix) + Prefix.Length, Digits), out _, "D8", CultureInfo.InvariantCulture);
}
