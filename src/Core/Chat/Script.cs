namespace Ensemble.Chat;

/// <summary>A script that tells something about the language. <see cref="Kana"/> is Japanese with or without Chinese characters.</summary>
internal enum Script
{
    None,
    Latin,
    Cyrillic,
    Greek,
    Arabic,
    Hebrew,
    Devanagari,
    Thai,
    Hangul,
    Kana,
    Han,
}
