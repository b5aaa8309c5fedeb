namespace Ensemble.Chat;

/// <summary>Which letter is of which script.</summary>
internal static class ScriptDetector
{
    private static readonly int Count = Enum.GetValues<Script>().Length;

    /// <summary>One character of these says about as much as several letters of an alphabet do.</summary>
    private const int DenseWeight = 3;

    /// <returns>The script of more than three fifths of a text's letters; none where no script has so many.</returns>
    public static Script Dominant(ReadOnlySpan<char> text)
    {
        Span<int> weights = stackalloc int[Count];
        weights.Clear();
        var total = 0;
        foreach (var character in text)
        {
            var script = ScriptOf(character);
            if (script is not { } known)
            {
                total += char.IsLetter(character) ? 1 : 0;
                continue;
            }

            var weight = known is Script.Han or Script.Kana or Script.Hangul ? DenseWeight : 1;
            weights[(int)known] += weight;
            total += weight;
        }

        // Japanese mixes both; a Chinese text that quotes a Japanese word does not become Japanese by it.
        var (han, kana) = (weights[(int)Script.Han], weights[(int)Script.Kana]);
        (weights[(int)Script.Han], weights[(int)Script.Kana]) = (kana * 20 < han ? han + kana : 0, kana * 5 >= han ? han + kana : 0);

        var dominant = 0;
        for (var script = 1; script < weights.Length; script++)
        {
            dominant = weights[script] > weights[dominant] ? script : dominant;
        }

        return weights[dominant] * 5 > total * 3 ? (Script)dominant : Script.None;
    }

    public static bool IsHanOrKana(char character) => ScriptOf(character) is Script.Han or Script.Kana;

    /// <returns>Null for what is no letter, or of another script.</returns>
    private static Script? ScriptOf(char character) => character switch
    {
        >= 'a' and <= 'z' or >= 'A' and <= 'Z' => Script.Latin,
        < '\u00C0' or '×' or '÷' => null,
        <= '\u024F' or (>= '\u1E00' and <= '\u1EFF') => Script.Latin,
        (>= '\u0370' and <= '\u03FF') or (>= '\u1F00' and <= '\u1FFF') => Script.Greek,
        >= '\u0400' and <= '\u052F' => Script.Cyrillic,
        >= '\u05D0' and <= '\u05F2' => Script.Hebrew,
        (>= '\u0620' and <= '\u064A') or (>= '\u066E' and <= '\u06D3') => Script.Arabic,
        >= '\u0900' and <= '\u0963' => Script.Devanagari,
        >= '\u0E01' and <= '\u0E3A' or (>= '\u0E40' and <= '\u0E4E') => Script.Thai,
        (>= '\u1100' and <= '\u11FF') or (>= '\uAC00' and <= '\uD7A3') => Script.Hangul,
        (>= '\u3041' and <= '\u3096') or (>= '\u30A1' and <= '\u30FA') or 'ー' => Script.Kana,
        (>= '\u3400' and <= '\u4DBF') or (>= '\u4E00' and <= '\u9FFF') or '々' => Script.Han,
        _ => null,
    };
}
