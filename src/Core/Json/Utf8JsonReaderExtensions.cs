#pragma warning disable RS0030 // These are the reads that the ban names.

using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Ensemble.Json;

/// <summary>Reads of a token of JSON that others wrote; none of them throws because of the characters in the token.</summary>
public static class Utf8JsonReaderExtensions
{
    /// <summary>Whether the token is that string, or a member of that name.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TextIs(this in Utf8JsonReader reader, ReadOnlySpan<byte> text) =>
        reader.ValueIsEscaped ? EscapedTextIs(reader, text) : IsText(reader) && reader.ValueTextEquals(text);

    /// <returns>Null where the token is neither a string nor a member's name.</returns>
    public static string? Text(this in Utf8JsonReader reader)
    {
        if (!IsText(reader))
        {
            return null;
        }

        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return JsonSanitizer.Decode(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan);
        }
    }

    /// <summary>Reads a value that may be a string; the reader then stands at the value's end.</summary>
    /// <returns>Null where the value is not a string.</returns>
    /// <exception cref="JsonException">The value is cut, or not JSON.</exception>
    public static string? ReadText(this ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.Text();
        }

        reader.Skip();
        return null;
    }

    /// <summary>Reads a value that may be a count; the reader then stands at the value's end.</summary>
    /// <returns>Null where the value is no count, negative, or too large.</returns>
    /// <exception cref="JsonException">The value is cut, or not JSON.</exception>
    public static long? ReadCount(this ref Utf8JsonReader reader)
    {
        if (reader.Number() is >= 0 and < 1e10 and var number)
        {
            return (long)number;
        }

        reader.Skip();
        return null;
    }

    /// <returns>Null where the token is no number, or one that a <see cref="double"/> cannot hold.</returns>
    public static double? Number(this in Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;

    /// <returns>Null where the token is no number, has a fraction, or is beyond 64 bits.</returns>
    public static long? Whole(this in Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) ? number : null;

    /// <exception cref="JsonException">The reader stands at another token.</exception>
    public static void Expect(this in Utf8JsonReader reader, JsonTokenType token)
    {
        if (reader.TokenType != token)
        {
            throw new JsonException($"{token} expected, {reader.TokenType} found at byte {reader.TokenStartIndex}.");
        }
    }

    private static bool IsText(in Utf8JsonReader reader) => reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName;

    private static bool EscapedTextIs(in Utf8JsonReader reader, ReadOnlySpan<byte> text)
    {
        try
        {
            return IsText(reader) && reader.ValueTextEquals(text);
        }
        catch (InvalidOperationException)
        {
            return System.Text.Encoding.UTF8.GetBytes(reader.Text()!).AsSpan().SequenceEqual(text);
        }
    }
}
