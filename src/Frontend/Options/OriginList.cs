namespace Ensemble.Frontend.Options;

/// <summary>Reads an option that lists origins of web pages, separated by commas.</summary>
internal static class OriginList
{
    /// <summary>Every origin.</summary>
    public const string Any = "*";

    /// <param name="problems">Takes what is wrong with each entry, and what to write; null = the entries are known to hold.</param>
    public static IReadOnlyList<string> Read(string list, List<string>? problems = null)
    {
        var origins = new List<string>();
        foreach (var entry in list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (entry == Any
                || (Uri.TryCreate(entry, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
                && url.GetLeftPart(UriPartial.Authority).Length == entry.TrimEnd('/').Length))
            {
                origins.Add(entry.TrimEnd('/'));
            }
            else
            {
                problems?.Add(
                    $"'{entry}' is not an origin. Write SCHEME://HOST or SCHEME://HOST:PORT, as https://app.example; or {Any} for every "
                    + "page.");
            }
        }

        return origins;
    }
}
