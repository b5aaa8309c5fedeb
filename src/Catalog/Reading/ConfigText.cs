using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Ensemble.Catalog.Reading;

/// <summary>Text for messages: short, on one line and without characters that a terminal would obey.</summary>
internal static class ConfigText
{
    private const int MaxShown = 60;

    /// <returns>A scalar as JSON, cut; an object or array only as its kind, since a secret may be inside.</returns>
    public static string Short(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "{…}",
        JsonValueKind.Array => "[…]",
        JsonValueKind.String => Quote(element.Text()!),
        _ => Cut(element.RawText()),
    };

    public static string Quote(string text) =>
        $"\"{Printable(Cut(text).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal))}\"";

    /// <returns>The path of a field, as <c>parent.name</c>, or <c>parent["odd name"]</c>.</returns>
    public static string FieldPath(string parent, string name)
    {
        var simple = name.Length is > 0 and <= MaxShown && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
        return (simple, parent.Length) switch
        {
            (true, 0) => name,
            (true, _) => $"{parent}.{name}",
            _ => $"{parent}[{Quote(name)}]",
        };
    }

    /// <returns>The text with what a terminal would obey written as an escape.</returns>
    public static string Printable(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            _ = IsUnprintable(c) ? plain.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : plain.Append(c);
        }

        return plain.ToString();
    }

    private static bool IsUnprintable(char c) => CharUnicodeInfo.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static string Cut(string text)
    {
        if (text.Length <= MaxShown)
        {
            return text;
        }

        var end = char.IsHighSurrogate(text[MaxShown - 1]) ? MaxShown - 1 : MaxShown;
        return string.Concat(text.AsSpan(0, end), "…");
    }
}
