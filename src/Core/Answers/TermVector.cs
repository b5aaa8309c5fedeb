using System.Runtime.InteropServices;

namespace Ensemble.Answers;

/// <summary>A text as the unit vector of its word and character-trigram frequencies.</summary>
internal sealed class TermVector
{
    /// <summary>Of a longer text the beginning speaks for the whole, in characters.</summary>
    private const int MaxCharacters = 16_384;

    private readonly Dictionary<int, float> _terms;

    private TermVector(Dictionary<int, float> terms) => _terms = terms;

    public static TermVector Of(string text)
    {
        var terms = new Dictionary<int, float>(256);
        var length = Math.Min(text.Length, MaxCharacters);
        var (word, inWord) = (FnvOffset, false);
        var (before, last) = (' ', ' ');
        for (var index = 0; index <= length; index++)
        {
            var character = index < length && char.IsLetterOrDigit(text[index]) ? char.ToLowerInvariant(text[index]) : ' ';
            if (character != ' ')
            {
                word = unchecked((word ^ character) * FnvPrime);
                inWord = true;
            }
            else if (inWord)
            {
                Add(terms, unchecked((int)word));
                (word, inWord) = (FnvOffset, false);
            }

            // A run of spaces and punctuation counts as one space.
            if (character != ' ' || last != ' ')
            {
                Add(terms, HashCode(before, last, character));
                (before, last) = (last, character);
            }
        }

        var norm = MathF.Sqrt(terms.Values.Sum(frequency => frequency * frequency));
        if (norm > 0)
        {
            foreach (var term in terms.Keys)
            {
                terms[term] /= norm;
            }
        }

        return new TermVector(terms);
    }

    /// <returns>From 0, nothing in common, to 1, the same frequencies.</returns>
    public double Similarity(TermVector other)
    {
        var (fewer, more) = _terms.Count <= other._terms.Count ? (_terms, other._terms) : (other._terms, _terms);
        var product = 0f;
        foreach (var (term, frequency) in fewer)
        {
            if (more.TryGetValue(term, out var counterpart))
            {
                product += frequency * counterpart;
            }
        }

        return Math.Clamp(product, 0, 1);
    }

    private const uint FnvOffset = 2166136261u;
    private const uint FnvPrime = 16777619u;

    private static int HashCode(char first, char second, char third) =>
        unchecked((int)(((((((FnvOffset ^ first) * FnvPrime) ^ second) * FnvPrime) ^ third) * FnvPrime) ^ 0x5bd1e995u));

    private static void Add(Dictionary<int, float> terms, int term) => CollectionsMarshal.GetValueRefOrAddDefault(terms, term, out _)++;
}
