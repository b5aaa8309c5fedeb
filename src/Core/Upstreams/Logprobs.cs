using System.Text.Json;

namespace Ensemble.Upstreams;

/// <summary>Reads how sure a model was of its words.</summary>
internal static class Logprobs
{
    /// <summary>
    /// The least that a token counts, about two in a thousand million. OpenAI reports -9999 for a token outside the twenty most
    /// likely ones, which would drown all others in a mean.
    /// </summary>
    public const double Min = -20;

    /// <summary>The mean natural logarithm of the tokens' probabilities in the first choice.</summary>
    /// <param name="choices">Kept choices as JSON.</param>
    /// <returns>From <see cref="Min"/> to 0; null where the choice has no log-probabilities, or some that are no numbers.</returns>
    public static double? Mean(ReadOnlyMemory<byte> choices)
    {
        var reader = new Utf8JsonReader(choices.Span);
        return !choices.IsEmpty && reader.Read() && reader.TokenType == JsonTokenType.StartArray && reader.Read()
            && Enter(ref reader, "logprobs"u8) && Enter(ref reader, "content"u8)
            ? OfTokens(ref reader)
            : null;
    }

    private static double? OfTokens(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return null;
        }

        var sum = 0.0;
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var depth = reader.CurrentDepth;
            if (!Enter(ref reader, "logprob"u8) || reader.Number() is not { } value)
            {
                return null;
            }

            sum += Math.Clamp(value, Min, 0);
            count++;
            while (reader.CurrentDepth > depth)
            {
                reader.Read();
            }
        }

        return count == 0 ? null : sum / count;
    }

    /// <returns>Whether the reader stands at the value of that field of the object at which it stood.</returns>
    private static bool Enter(ref Utf8JsonReader reader, ReadOnlySpan<byte> field)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.TextIs(field);
            reader.Read();
            if (found)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }
}
