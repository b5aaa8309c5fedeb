namespace Ensemble.Catalog.Reading;

/// <summary>Guesses which known name a misspelt one was meant to be.</summary>
public static class NearestName
{
    private const int MaxLength = 64;
    private const int MaxCandidates = 2000;
    private const int MaxEdits = 3;

    /// <returns>The nearest name, or null where all differ in more than three letters, or in more than a third of the longer
    /// name.</returns>
    public static string? Of(string name, IEnumerable<string> known)
    {
        if (name.Length is 0 or > MaxLength)
        {
            return null;
        }

        string? nearest = null;
        var smallest = MaxEdits + 1;
        foreach (var candidate in known.Take(MaxCandidates))
        {
            var longer = Math.Max(name.Length, candidate.Length);
            if (longer <= MaxLength
                && longer - Math.Min(name.Length, candidate.Length) < smallest
                && Distance(name, candidate) is var distance && distance < smallest && distance <= Math.Max(1, longer / 3))
            {
                (nearest, smallest) = (candidate, distance);
            }
        }

        return nearest;
    }

    /// <returns>A sentence such as <c>Did you mean "retries"?</c>, or <paramref name="otherwise"/>.</returns>
    public static string Advice(string name, IEnumerable<string> known, string otherwise) =>
        Of(name, known) is { } nearest ? $"Did you mean {ConfigText.Quote(nearest)}?" : otherwise;

    /// <summary>
    /// Insertions, deletions, replacements and swaps of neighbours that lead from one to the other; case is ignored. Only the cells
    /// within <see cref="MaxEdits"/> of the diagonal are computed, since no other one leads to a distance that counts.
    /// </summary>
    private static int Distance(string from, string to)
    {
        const int TooDistant = 2 * MaxLength;
        Span<int> beforePrevious = stackalloc int[MaxLength + 2];
        Span<int> previous = stackalloc int[MaxLength + 2];
        Span<int> current = stackalloc int[MaxLength + 2];
        for (var column = 0; column < previous.Length; column++)
        {
            previous[column] = column;
        }

        for (var row = 1; row <= from.Length; row++)
        {
            var (first, last) = (Math.Max(1, row - MaxEdits), Math.Min(to.Length, row + MaxEdits));
            current[first - 1] = first == 1 ? row : TooDistant;
            current[last + 1] = TooDistant;
            for (var column = first; column <= last; column++)
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
