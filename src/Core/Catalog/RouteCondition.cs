using System.Text.RegularExpressions;

namespace Ensemble.Catalog;

/// <summary>What a request has to be like: everything that is set holds. Texts are looked for in the last user message.</summary>
public sealed record RouteCondition
{
    /// <summary>Words of the last user message at least.</summary>
    public int? MinWords { get; init; }

    /// <summary>Words of the last user message at most.</summary>
    public int? MaxWords { get; init; }

    /// <summary>Runs in time linear to the text, whatever the pattern.</summary>
    public Regex? Matches { get; init; }

    /// <summary>Runs in time linear to the text, whatever the pattern.</summary>
    public Regex? NotMatches { get; init; }

    /// <summary>One of these as a whole word, in any case; empty = not asked for.</summary>
    public IReadOnlyList<string> Keywords { get; init; } = [];

    /// <summary>Whether any message has an image; null = either.</summary>
    public bool? HasImages { get; init; }
}
