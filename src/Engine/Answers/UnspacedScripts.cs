namespace Ensemble.Answers;

/// <summary>What matters about scripts where words are counted.</summary>
internal static class UnspacedScripts
{
    /// <summary>
    /// Whether words stand without spaces between them: Chinese, Japanese, Thai, Lao, Burmese, Khmer. Of surrogates the rare Chinese
    /// characters count so, and signs such as emoji.
    /// </summary>
    public static bool Contains(char character) => character switch
    {
        < '\u0E00' => false,
        <= '\u0EFF' => true,
        >= '\u1000' and <= '\u109F' => true,
        >= '\u1780' and <= '\u17FF' => true,
        >= '\u2E80' and <= '\u2FDF' => true,
        >= '\u3005' and <= '\u31FF' => character is not ((>= '\u3008' and <= '\u3020') or (>= '\u3130' and <= '\u318F')),
        >= '\u3400' and <= '\u9FFF' => true,
        >= '\uD800' and <= '\uDFFF' => true,
        >= '\uF900' and <= '\uFAFF' => true,
        >= '\uFF66' and <= '\uFF9F' => true,
        _ => false,
    };
}
