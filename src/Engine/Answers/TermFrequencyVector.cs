using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Ensemble.Answers;

/// <summary>
/// A text as the vector of its word and character-trigram frequencies. Terms are hashed into a fixed number of places
/// with a sign (Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", 2009), so that two terms that share
/// a place cancel out on average instead of making texts look alike. Rented memory: dispose of it.
/// </summary>
internal sealed class TermFrequencyVector : IDisposable
{
    private const int Dimensions = 2048;

    /// <summary>Of a longer text the beginning speaks for the whole, in characters.</summary>
    private const int MaxCharacters = 16_384;

    private const uint FnvOffset = 2166136261u;
    private const uint FnvPrime = 16777619u;

    private static readonly char[] AsciiFolded =
        [.. Enumerable.Range(0, 128).Select(code => char.IsLetterOrDigit((char)code) ? char.ToLowerInvariant((char)code) : ' ')];

    private readonly float _norm;
    private float[]? _places;

    private TermFrequencyVector(float[] places)
    {
        _places = places;
        _norm = MathF.Sqrt(Product(Values, Values));
    }

    private ReadOnlySpan<float> Values =>
        _places is { } places ? places.AsSpan(0, Dimensions) : throw new ObjectDisposedException(nameof(TermFrequencyVector));

    public static TermFrequencyVector Of(string text)
    {
        var rented = ArrayPool<float>.Shared.Rent(Dimensions);
        var places = rented.AsSpan(0, Dimensions);
        places.Clear();
        Count(text.AsSpan(0, Math.Min(text.Length, MaxCharacters)), places);
        return new TermFrequencyVector(rented);
    }

    /// <returns>From 0, nothing in common, to 1, the same frequencies.</returns>
    public double Similarity(TermFrequencyVector other) =>
        _norm > 0 && other._norm > 0 ? Math.Clamp(Product(Values, other.Values) / (_norm * other._norm), 0, 1) : 0;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _places, null) is { } places)
        {
            ArrayPool<float>.Shared.Return(places);
        }
    }

    private static void Count(ReadOnlySpan<char> text, Span<float> places)
    {
        var (word, inWord) = (FnvOffset, false);
        var (before, last) = (' ', ' ');
        for (var index = 0; index <= text.Length; index++)
        {
            var character = index < text.Length ? Folded(text[index]) : ' ';
            if (character >= '\u0E00' && UnspacedScripts.Contains(character))
            {
                // Where words are not set apart, each pair of neighbours stands for one.
                if (inWord)
                {
                    Add(places, word);
                    (word, inWord) = (FnvOffset, false);
                }

                Add(places, (((FnvOffset ^ last) * FnvPrime) ^ character) * FnvPrime);
            }
            else if (character != ' ')
            {
                word = (word ^ character) * FnvPrime;
                inWord = true;
            }
            else if (inWord)
            {
                Add(places, word);
                (word, inWord) = (FnvOffset, false);
            }

            // A run of spaces and punctuation counts as one space.
            if (character != ' ' || last != ' ')
            {
                Add(places, ((((((FnvOffset ^ before) * FnvPrime) ^ last) * FnvPrime) ^ character) * FnvPrime) ^ 0x5bd1e995u);
                (before, last) = (last, character);
            }
        }
    }

    // The table answers for ASCII, where the two general look-ups took most of the time of a comparison. Vowel signs belong to the
    // words of many scripts, and halves of pairs are emoji or rare letters.
    private static char Folded(char character) =>
        character < AsciiFolded.Length ? AsciiFolded[character]
        : char.IsLetterOrDigit(character) ? char.ToLowerInvariant(character)
        : char.IsSurrogate(character) || char.GetUnicodeCategory(character)
            is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
            ? character
        : ' ';

    private static void Add(Span<float> places, uint term)
    {
        // FNV's low bits are weak: mixed, every bit depends on all of them.
        term = (term ^ (term >> 16)) * 0x7feb352du;
        term ^= term >> 15;
        places[(int)(term % Dimensions)] += (term & 0x8000_0000u) == 0 ? 1 : -1;
    }

    private static float Product(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var leftVectors = MemoryMarshal.Cast<float, Vector<float>>(left);
        var rightVectors = MemoryMarshal.Cast<float, Vector<float>>(right);
        var sum = Vector<float>.Zero;
        for (var index = 0; index < leftVectors.Length; index++)
        {
            sum += leftVectors[index] * rightVectors[index];
        }

        return Vector.Sum(sum);
    }
}
