using Ensemble.Usage;

namespace Ensemble.Judging;

/// <summary>Fits texts into a budget of tokens by leaving out the middle of those that are too long.</summary>
internal static class MiddleTruncation
{
    /// <summary>Shares a budget: a text that needs less than its part leaves the rest to the longer ones.</summary>
    /// <param name="needs">Tokens that each text would take whole.</param>
    /// <returns>Tokens for each text.</returns>
    public static long[] Share(IReadOnlyList<long> needs, long budget)
    {
        var shares = new long[needs.Count];
        var open = Enumerable.Range(0, needs.Count).OrderBy(index => needs[index]).ToArray();
        var left = Math.Max(0, budget);
        for (var position = 0; position < open.Length; position++)
        {
            var equal = left / (open.Length - position);
            shares[open[position]] = Math.Min(needs[open[position]], equal);
            left -= shares[open[position]];
        }

        return shares;
    }

    /// <param name="tokens">The text's share.</param>
    /// <returns>The text itself where it fits, else its beginning and end, each of half the share, with a mark between them.</returns>
    public static string Fit(string text, long tokens)
    {
        if (TokenEstimate.OfText(text) <= tokens)
        {
            return text;
        }

        // Counted out from both ends, because a proportion of the length is too much where the ends are the costly part.
        var units = tokens * TokenEstimate.UnitsPerToken;
        var head = 0;
        for (var left = units - (units / 2); head < text.Length && (left -= TokenEstimate.UnitsOf(text[head])) >= 0; head++)
        {
        }

        var tail = text.Length;
        for (var left = units / 2; tail > head && (left -= TokenEstimate.UnitsOf(text[tail - 1])) >= 0; tail--)
        {
        }

        // Between the two halves of a surrogate pair is no place to cut.
        if (tail < text.Length && char.IsLowSurrogate(text[tail]) && char.IsHighSurrogate(text[tail - 1]))
        {
            tail++;
        }

        return $"{text.AsSpan(0, head)}\n[… {tail - head} characters left out …]\n{text.AsSpan(tail)}";
    }
}
