using System.Buffers;

namespace Ensemble.Chat;

/// <summary>Tells Russian and Ukrainian by the letters and words that other languages of the script do not have.</summary>
internal static class CyrillicLanguage
{
    // Serbian, Macedonian, Belarusian, Kazakh, Tatar, Kyrgyz, Mongolian.
    private static readonly SearchValues<char> Foreign = SearchValues.Create("јљњћђџѓќѕўәқңөұүһғҗЈЉЊЋЂЏЃЌЅЎӘҚҢӨҰҮҺҒҖ");
    private static readonly SearchValues<char> Ukrainian = SearchValues.Create("їєґЇЄҐ");
    private static readonly SearchValues<char> Russian = SearchValues.Create("ыэЫЭ");

    private static readonly string[] RussianWords =
        ["что", "это", "почему", "привет", "если", "или", "когда", "есть", "сколько", "здравствуйте", "пожалуйста", "меня", "чем", "где", "кто"];

    public static string? Of(ReadOnlySpan<char> text)
    {
        if (text.ContainsAny(Foreign))
        {
            return null;
        }

        var (isUkrainian, isRussian) = (text.ContainsAny(Ukrainian), text.ContainsAny(Russian));
        if (isUkrainian || isRussian)
        {
            return isUkrainian && isRussian ? null : isUkrainian ? "uk" : "ru";
        }

        // Bulgarian has none of these letters either.
        return !text.ContainsAny("іІ") && HasRussianWord(text) ? "ru" : null;
    }

    private static bool HasRussianWord(ReadOnlySpan<char> text)
    {
        Span<char> lower = stackalloc char[LanguageDetector.MaxLength];
        var length = text.ToLowerInvariant(lower);
        return WordEnumerator.Any(lower[..length], RussianWords);
    }
}
