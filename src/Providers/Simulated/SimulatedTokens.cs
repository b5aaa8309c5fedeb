namespace Ensemble.Providers.Simulated;

/// <summary>Cuts text into pieces of about a token: four ASCII characters, or one of another script.</summary>
internal static class SimulatedTokens
{
    private const int AsciiPerToken = 4;

    /// <returns>The end of the piece that starts at <paramref name="start"/>; never inside a surrogate pair.</returns>
    public static int End(string text, int start)
    {
        if (!char.IsAscii(text[start]))
        {
            var isPair = start + 1 < text.Length && char.IsSurrogatePair(text[start], text[start + 1]);
            return start + (isPair ? 2 : 1);
        }

        var end = start + 1;
        while (end < text.Length && end - start < AsciiPerToken && char.IsAscii(text[end]))
        {
            end++;
        }

        return end;
    }

    public static int Count(string text)
    {
        var count = 0;
        for (var position = 0; position < text.Length; position = End(text, position))
        {
            count++;
        }

        return count;
    }

    /// <returns>The first <paramref name="tokens"/> pieces.</returns>
    public static string Take(string text, long tokens)
    {
        if (text.Length <= tokens)
        {
            return text;
        }

        var position = 0;
        for (long taken = 0; taken < tokens && position < text.Length; taken++)
        {
            position = End(text, position);
        }

        return text[..position];
    }
}
