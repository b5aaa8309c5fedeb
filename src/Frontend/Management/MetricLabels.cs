using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;

namespace Ensemble.Frontend.Management;

/// <summary>
/// Writes labels as they stand in the text, in the order of their names: that is also the key by which a series is found, and no
/// measurement of a known series allocates.
/// </summary>
internal static class MetricLabels
{
    /// <summary>Labels beyond it fall into the overflow.</summary>
    private const int MaxCharacters = 1024;

    private const int MaxLabels = 24;

    private static readonly SearchValues<char> Escaped = SearchValues.Create("\\\"\n");

    /// <summary>Names as they are written. They are constants of programs, so there are few.</summary>
    private static readonly ConcurrentDictionary<string, string> Names = new(StringComparer.Ordinal);

    [ThreadStatic]
    private static char[]? _text;

    [ThreadStatic]
    private static KeyValuePair<string, object?>[]? _sorted;

    /// <returns>As <c>a="1",b="2"</c>, valid until this thread writes again; false where it is too long.</returns>
    public static bool TryWrite(ReadOnlySpan<KeyValuePair<string, object?>> tags, out ReadOnlySpan<char> labels)
    {
        labels = default;
        if (tags.IsEmpty)
        {
            return true;
        }

        if (tags.Length > MaxLabels)
        {
            return false;
        }

        var sorted = _sorted ??= new KeyValuePair<string, object?>[MaxLabels];
        Sort(tags, sorted);
        var text = _text ??= new char[MaxCharacters];
        var length = 0;
        for (var index = 0; index < tags.Length; index++)
        {
            if (!TryAppend(text, ref length, sorted[index].Key, sorted[index].Value))
            {
                return false;
            }
        }

        Array.Clear(sorted, 0, tags.Length);
        labels = text.AsSpan(0, length);
        return true;
    }

    private static void Sort(ReadOnlySpan<KeyValuePair<string, object?>> tags, KeyValuePair<string, object?>[] sorted)
    {
        for (var index = 0; index < tags.Length; index++)
        {
            var place = index;
            for (; place > 0 && string.CompareOrdinal(sorted[place - 1].Key, tags[index].Key) > 0; place--)
            {
                sorted[place] = sorted[place - 1];
            }

            sorted[place] = tags[index];
        }
    }

    private static bool TryAppend(Span<char> text, ref int length, string name, object? value)
    {
        // A label without a value is none.
        if (value is null)
        {
            return true;
        }

        if (length > 0 && !TryAppend(text, ref length, ','))
        {
            return false;
        }

        if (!TryAppend(text, ref length, Names.GetOrAdd(name, static found => Sanitize(found))))
        {
            return false;
        }

        return TryAppend(text, ref length, '=') && TryAppend(text, ref length, '"') && TryAppendValue(text, ref length, value)
            && TryAppend(text, ref length, '"');
    }

    private static bool TryAppendValue(Span<char> text, ref int length, object value)
    {
        var words = value switch
        {
            string known => known,
            true => "true",
            false => "false",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };
        if (!words.AsSpan().ContainsAny(Escaped))
        {
            return TryAppend(text, ref length, words);
        }

        foreach (var character in words)
        {
            var escaped = character switch { '\\' => '\\', '"' => '"', '\n' => 'n', _ => '\0' };
            if (escaped != '\0' ? !TryAppend(text, ref length, '\\') || !TryAppend(text, ref length, escaped) : !TryAppend(
                text, ref length, character))
            {
                return false;
            }
        }

        return true;
    }

    private static string Sanitize(string name) => string.Create(name.Length, name, static (text, found) =>
    {
        for (var index = 0; index < text.Length; index++)
        {
            text[index] = char.IsAsciiLetter(found[index]) || (index > 0 && char.IsAsciiDigit(found[index])) ? found[index] : '_';
        }
    });

    private static bool TryAppend(Span<char> text, ref int length, string piece)
    {
        if (!piece.TryCopyTo(text[length..]))
        {
            return false;
        }

        length += piece.Length;
        return true;
    }

    private static bool TryAppend(Span<char> text, ref int length, char character)
    {
        if (length == text.Length)
        {
            return false;
        }

        text[length++] = character;
        return true;
    }
}
