using System.Globalization;
using System.Text.RegularExpressions;

namespace Ensemble.Providers.OpenAi;

/// <summary>What a Claude model takes, by the version in its name. Source: Anthropic's migration guide.</summary>
internal static partial class AnthropicModelName
{
    private static readonly string[] Sampling = ["temperature", "top_p"];

    /// <summary>Fields that the model refuses: from 4.7 on, temperature and top_p.</summary>
    public static IReadOnlyList<string> Refused(string name) => Version(name).CompareTo((4, 7)) >= 0 ? Sampling : [];

    /// <summary>Whether the model refuses temperature and top_p together, as from 4.1 on.</summary>
    public static bool AllowsOneSamplingParameter(string name) => Version(name).CompareTo((4, 1)) >= 0;

    /// <summary>How thinking is requested: of 3.7 to 4.5 by a number of tokens, of later models by an effort, of earlier ones not.</summary>
    public static ThinkingControl Thinking(string name)
    {
        var version = Version(name);
        if (version == default && EarlyVersion().Match(name) is { Success: true } early)
        {
            version = (Number(early.Groups["major"]), Number(early.Groups["minor"]));
        }

        return version == default || version.CompareTo((4, 6)) >= 0 ? ThinkingControl.Effort
            : version.CompareTo((3, 7)) >= 0 ? ThinkingControl.Budget
            : ThinkingControl.None;
    }

    /// <returns>Zeros where the name has no version in the place of newer models.</returns>
    private static (int Major, int Minor) Version(string name)
    {
        var match = VersionInName().Match(name);
        return match.Success ? (Number(match.Groups["major"]), Number(match.Groups["minor"])) : default;
    }

    private static int Number(Group group) => group.Success ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : 0;

    // A date stands where a minor version may: claude-opus-4-20250514 is 4.0.
    [GeneratedRegex(
        @"^claude-[a-z]+-(?<major>[0-9]{1,2})([.-](?<minor>[0-9]{1,2})(?![0-9]))?(?![0-9])", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex VersionInName();

    // Earlier names have the version first: claude-3-7-sonnet-20250219.
    [GeneratedRegex(
        @"^claude-(?<major>[1-3])([.-](?<minor>[0-9])(?![0-9]))?(?![0-9])", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EarlyVersion();
}

/// <summary>How a model is told how much to think.</summary>
internal enum ThinkingControl
{
    /// <summary>It does not think.</summary>
    None,

    /// <summary>By the tokens that its thoughts may take.</summary>
    Budget,

    /// <summary>By a word.</summary>
    Effort,
}
