namespace Ensemble.Catalog.Reading;

/// <summary>Guesses which known name a misspelt one was meant to be.</summary>
public static class NearestName
{
    private const int MaxLength = 64;
    private const int MaxCandidates = 2000;

    /// <returns>The nearest name, or null where none differs in a third of its letters or less.</returns>
    public static string? Of(string name, IEnumerable<string> known)
    {
        if (name.Length is 0 or > MaxLength)
        {
            return null;
        }

        string? nearest = null;
        var smallest = Math.Max(1, name.Length / 3) + 1;
        foreach (var candidate in known.Take(MaxCandidates))
        {
            if (candidate.Length <= MaxLength
                && Math.Abs(candidate.Length - name.Length) < smallest
                && Distance(name, candidate) is var distance && distance < smallest)
            {
                (nearest, smallest) = (candidate, distance);
            }
        }

        return nearest;
    }

    /// <returns>A sentence such as <c>Did you mean "retries"?</c>, or <paramref name="otherwise"/>.</returns>
    public static string Advice(string name, IEnumerable<string> known, string otherwise) =>
        Of(name, known) is { } nearest ? $"Did you mean {ConfigText.Quote(nearest)}?" : otherwise;

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that lead from one to the other; case is ignored.</summary>
    private static int Distance(string from, string to)
    {
        Span<int> beforePrevious = stackalloc int[MaxLength + 1];
        Span<int> previous = stackalloc int[MaxLength + 1];
        Span<int> current = stackalloc int[MaxLength + 1];
        for (var column = 0; column <= to.Length; column++)
        {
            previous[column] = column;
        }

        for (var row = 1; row <= from.Length; row++)
        {
            current[0] = row;
            for (var column = 1; column <= to.Length; column++)
            {
                var cost = Same(from[row - 1], to[column - 1]) ? 0 : 1;
                var best = Math.Min(Math.Min(current[column - 1], previous[column]) + 1, previous[column - 1] + cost);
                var swapped = row > 1 && column > 1 && Same(from[row - 1], to[column - 2]) && Same(from[row - 2], to[column - 1]);
                current[column] = swapped ? Math.Min(best, beforePrevious[column - 2] + 1) : best;
            }

            var free = beforePrevious;
            beforePrevious = previous;
            previous = current;
            current = free;
        }

        return previous[to.Length];
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
