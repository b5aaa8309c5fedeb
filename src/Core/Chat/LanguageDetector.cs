using System.Buffers;

namespace Ensemble.Chat;

/// <summary>
/// Tells the language of a text by its script and its most frequent words. Of a text that is too short or too mixed it says
/// nothing, rather than something that a rule would act upon.
/// </summary>
public static class LanguageDetector
{
    /// <summary>So much of a text is looked at, in UTF-16 units.</summary>
    public const int MaxLength = 2000;

    /// <summary>The ISO 639-1 codes that can be told.</summary>
    public static IReadOnlyList<string> Languages { get; } =
        ["ar", "de", "el", "en", "es", "fr", "he", "hi", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "uk", "zh"];

    /// <returns>An ISO 639-1 code of <see cref="Languages"/>, or null where the language cannot be told.</returns>
    public static string? Of(string text)
    {
        var start = text.AsSpan(0, Math.Min(text.Length, MaxLength));
        return ScriptDetector.Dominant(start) switch
        {
            Script.Latin => LatinLanguage.Of(start),
            Script.Cyrillic => CyrillicLanguage.Of(start),
            Script.Arabic => start.ContainsAny(PersianOrUrdu) ? null : "ar",
            Script.Hebrew => start.ContainsAny(Yiddish) ? null : "he",
            Script.Devanagari => WordEnumerator.Any(start, HindiWords) ? "hi" : null,
            Script.Greek => "el",
            Script.Thai => "th",
            Script.Hangul => "ko",
            Script.Kana => "ja",
            Script.Han => "zh",
            _ => null,
        };
    }

    private static readonly SearchValues<char> PersianOrUrdu = SearchValues.Create("پچژگکیٹڈڑےہ");
    private static readonly SearchValues<char> Yiddish = SearchValues.Create("װױײ");

    // Marathi and Nepali are written with the same letters.
    private static readonly string[] HindiWords = ["है", "हैं", "और", "में", "की", "का", "के", "क्या", "नहीं", "यह", "को", "से", "कैसे"];
}
