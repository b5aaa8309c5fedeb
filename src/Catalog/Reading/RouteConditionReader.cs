namespace Ensemble.Catalog.Reading;

/// <summary>Reads what a request has to be like for a rule.</summary>
internal static class RouteConditionReader
{
    private const int MaxWords = 1_000_000;
    private const int MaxKeywords = 200;
    private const int MaxKeyword = 64;

    private static readonly string[] Fields = ["min_words", "max_words", "matches", "not_matches", "keywords", "has_images"];

    private static string? Removed(string field) => field == "language"
        ? "Languages are no longer detected: use \"matches\" with words or characters of the language, or a classifier."
        : null;

    public static RouteCondition? Read(ConfigNode node)
    {
        if (node.Object(Fields, Removed) is not { } when)
        {
            return null;
        }

        if (Fields.All(field => when.Find(field) is null))
        {
            node.Error(
                "asks for nothing, so it would match every request",
                "Say what a request has to be like, or remove the rule and use \"default\".");
            return null;
        }

        var condition = new RouteCondition
        {
            MinWords = (int?)when.Integer("min_words", 1, MaxWords),
            MaxWords = (int?)when.Integer("max_words", 0, MaxWords),
            Matches = when.Find("matches") is { } matches ? PatternReader.ReadLinear(matches) : null,
            NotMatches = when.Find("not_matches") is { } not ? PatternReader.ReadLinear(not) : null,
            Keywords = (when.Find("keywords")?.Items(1, MaxKeywords, "keywords") ?? []).Select(item => item.Name(MaxKeyword))
                .OfType<string>().ToList(),
            HasImages = when.Flag("has_images"),
        };
        if (condition.MinWords > condition.MaxWords)
        {
            when.Error("has min_words above max_words, so it matches no request", "Swap them.");
        }

        return condition;
    }
}
