namespace Ensemble.Frontend.Hosting;

/// <summary>Reads an option that lists origins of web pages, separated by commas.</summary>
internal static class OriginList
{
    /// <summary>Every origin.</summary>
    public const string Any = "*";

    /// <param name="problems">Takes what is wrong with each entry, and what to write.</param>
    public static IReadOnlyList<string> Read(IConfigurationSection section, List<string> problems)
    {
        if (section.GetChildren().Any())
        {
            problems.Add(
                $"option {section.Path}: is a list. Write the origins as one text, separated by commas: "
                + "https://app.example,http://localhost:3000.");
        }

        var origins = new List<string>();
        foreach (var entry in (section.Value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (entry == Any
                || (Uri.TryCreate(entry, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
                && url.GetLeftPart(UriPartial.Authority).Length == entry.TrimEnd('/').Length))
            {
                origins.Add(entry.TrimEnd('/'));
            }
            else
            {
                problems.Add(
                    $"option {section.Path}: '{entry}' is not an origin. Write SCHEME://HOST or SCHEME://HOST:PORT, as "
                    + $"https://app.example; or {Any} for every page.");
            }
        }

        return origins;
    }
}
