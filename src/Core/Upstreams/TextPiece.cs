using System.Text.Json;

namespace Ensemble.Upstreams;

/// <summary>Reads text that may continue in another value.</summary>
internal static class TextPiece
{
    private const char Replacement = '\uFFFD';

    /// <summary>Reads a string whose halves of characters are replaced, but for one at an end, which another piece may complete.</summary>
    /// <returns>Null where the value is not a string; the reader then stands at the value's end.</returns>
    public static string? ReadPiece(this ref Utf8JsonReader reader)
    {
        var text = reader.ReadText();
        if (string.IsNullOrEmpty(text) || !reader.ValueIsEscaped || (text[0] != Replacement && text[^1] != Replacement))
        {
            return text;
        }

        var raw = reader.ValueSpan;
        if (text[^1] == Replacement && JsonSanitizer.EscapedUnit(raw[Math.Max(0, raw.Length - JsonSanitizer.EscapeLength)..]) is { } last
            && char.IsHighSurrogate(last))
        {
            text = text[..^1] + last;
        }

        return text[0] == Replacement && JsonSanitizer.EscapedUnit(raw) is { } first && char.IsLowSurrogate(first)
            ? first + text[1..]
            : text;
    }
}
