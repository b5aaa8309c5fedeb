using System.Text.RegularExpressions;

namespace Ensemble.Catalog.Reading;

/// <summary>Reads regular expressions, and sees to it that none of them can be made to run for long.</summary>
internal static class PatternReader
{
    private const int MaxLength = 1024;
    private const RegexOptions Linear = RegexOptions.CultureInvariant | RegexOptions.NonBacktracking;

    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(100);

    /// <returns>An expression that runs in time linear to the text, and so needs no time-out, which would make its result a matter of
    /// luck.</returns>
    public static Regex? ReadLinear(ConfigNode node) => Read(node, static (node, pattern) =>
    {
        try
        {
            return new Regex(pattern, Linear, Regex.InfiniteMatchTimeout);
        }
        catch (NotSupportedException)
        {
            node.Error(
                "cannot be matched in linear time: it has a look-around, a back-reference or an atomic group, or repeats too much",
                "Do without these; what must not be there goes into not_matches.");
            return null;
        }
    });

    /// <returns>An expression that is stopped after 100 ms.</returns>
    public static Regex? ReadAny(ConfigNode node) => Read(node, static (_, pattern) =>
    {
        try
        {
            return new Regex(pattern, Linear, Timeout);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, Timeout);
        }
    });

    private static Regex? Read(ConfigNode node, Func<ConfigNode, string, Regex?> compile)
    {
        if (node.Text(MaxLength) is not { } pattern)
        {
            return null;
        }

        try
        {
            return compile(node, pattern);
        }
        catch (RegexParseException exception)
        {
            node.Error(
                $"is not a valid regular expression: {exception.Error} at character {exception.Offset + 1}",
                "Correct the expression.");
        }
        catch (ArgumentException)
        {
            node.Error("is not a valid regular expression", "Correct the expression.");
        }

        return null;
    }
}
