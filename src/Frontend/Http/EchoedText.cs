namespace Ensemble.Frontend.Http;

/// <summary>What a caller sent, as far as a message repeats it: a body may be one long name.</summary>
internal static class EchoedText
{
    /// <summary>Characters of a name, where nothing else is said.</summary>
    public const int MaxName = 128;

    /// <returns>The text, or its first <paramref name="most"/> characters with "…" behind them.</returns>
    public static string Cut(string text, int most = MaxName) => text.Length <= most ? text : string.Concat(text.AsSpan(0, most), "…");
}
