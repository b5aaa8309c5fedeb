using System.Text.RegularExpressions;

namespace Ensemble.Catalog.Reading;

/// <summary>Compiles regular expressions of the catalog: in linear time, or with a time-out.</summary>
internal static class PatternReader
{
    private const int MaxLength = 1024;
    private const RegexOptions Linear = RegexOptions.CultureInvariant | RegexOptions.NonBacktracking;

    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(100);

    /// <returns>
    /// An expression that matches in linear time: it has no time-out, and its result does not depend on the machine's load.
    /// </returns>
    public static Regex? ReadLinear(ConfigNode node) => Read(node, static (node, pattern) =>
    {
        try
        {
            return new Regex(pattern, Linear, Regex.InfiniteMatchTimeout);
        }
        catch (NotSupportedException)
        {
            node.Error(
                "cannot be matched in linear time: it has a look-around, a back-reference or an atomic group, "
                    + "or its repetition counts are too large",
                "Remove them. Put patterns that must not occur into \"not_matches\".");
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
