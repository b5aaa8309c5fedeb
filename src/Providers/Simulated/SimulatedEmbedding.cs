using Ensemble.Chat;
using Ensemble.Usage;

namespace Ensemble.Providers.Simulated;

/// <summary>
/// The vectors of a simulated embedding model: unit vectors of hashed word and trigram frequencies, so that texts of the same
/// words are alike. They are the same for every simulated model.
/// </summary>
internal static class SimulatedEmbedding
{
    /// <summary>Numbers of a vector.</summary>
    public const int Dimensions = 512;

    /// <summary>What providers take at once.</summary>
    private const int MaxInputs = 2048;

    private const int Trigram = 3;

    /// <returns>Tokens of all texts.</returns>
    /// <exception cref="ChatRequestException">A provider would answer 400.</exception>
    public static long Check(IReadOnlyList<string> inputs, int? contextTokens)
    {
        if (inputs.Count is 0 or > MaxInputs || inputs.Any(input => input.Length == 0))
        {
            throw new ChatRequestException($"'input' must hold 1 to {MaxInputs} texts, none of them empty.", "input");
        }

        var total = 0L;
        for (var index = 0; index < inputs.Count; index++)
        {
            var tokens = TokenEstimate.OfText(inputs[index]);
            total += tokens <= (contextTokens ?? long.MaxValue)
                ? tokens
                : throw new ChatRequestException(
                    $"'input[{index}]' comes to {tokens} tokens; this model's context holds {contextTokens}.", "input",
                    "context_length_exceeded");
        }

        return total;
    }

    public static float[] Of(string text)
    {
        var folded = Folded(text);
        var vector = new float[Dimensions];
        foreach (var word in folded.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            Add(vector, word);
        }

        for (var start = 0; start + Trigram <= folded.Length; start++)
        {
            Add(vector, folded.AsSpan(start, Trigram));
        }

        var length = MathF.Sqrt(vector.Sum(number => number * number));
        if (length == 0)
        {
            // Signs without a letter, or terms that cancel out.
            vector[0] = length = 1;
        }

        for (var place = 0; place < vector.Length; place++)
        {
            vector[place] /= length;
        }

        return vector;
    }

    private static void Add(float[] vector, ReadOnlySpan<char> term)
    {
        var bits = SimulatedDraw.OfText(term).Bits(SimulatedPurpose.Embedding);
        vector[(int)(bits % Dimensions)] += (bits >> 63) == 0 ? 1 : -1;
    }

    /// <summary>In lower case, with one space for all that is neither letter nor digit.</summary>
    private static string Folded(string text)
    {
        var folded = new System.Text.StringBuilder(text.Length + 2).Append(' ');
        foreach (var character in text)
        {
            if (char.IsLetterOrDigit(character))
            {
                folded.Append(char.ToLowerInvariant(character));
            }
            else if (folded[^1] != ' ')
            {
                folded.Append(' ');
            }
        }

        return (folded[^1] == ' ' ? folded : folded.Append(' ')).ToString();
    }
}
