namespace Ensemble.Catalog.Reading;

/// <summary>Warns of an address that is valid, but hardly the one that is meant.</summary>
internal static class BaseUrlWarnings
{
    private const string Gemini = "generativelanguage.googleapis.com";

    /// <summary>Ends of addresses of single operations. Longer ones first.</summary>
    private static readonly string[] Operations =
        ["/chat/completions", "/completions", "/embeddings", "/responses", "/messages", "/models", "/chat"];

    /// <summary>Hosts that are known to speak one dialect, each with the subdomains where it begins with a dot.</summary>
    private static readonly (string Host, ProviderKind Provider, string Name)[] Hosts =
    [
        ("api.openai.com", ProviderKind.OpenAi, "openai"),
        ("api.mistral.ai", ProviderKind.OpenAi, "openai"),
        ("api.groq.com", ProviderKind.OpenAi, "openai"),
        (Gemini, ProviderKind.OpenAi, "openai"),
        ("api.anthropic.com", ProviderKind.Anthropic, "anthropic"),
        (".openai.azure.com", ProviderKind.AzureOpenAi, "azure-openai"),
    ];

    /// <summary>Whether a host is that of a provider on the public internet.</summary>
    public static bool IsKnown(string host) => Array.Exists(Hosts, known => Matches(host, known.Host));

    public static void Check(ConfigNode node, Uri url, ProviderKind provider)
    {
        var path = url.AbsolutePath.TrimEnd('/');
        var foreign = Array.Find(Hosts, known => known.Provider != provider && Matches(url.IdnHost, known.Host));
        if (foreign.Host is not null)
        {
            node.Warn(
                $"is a host that speaks the dialect \"{foreign.Name}\", and provider is another one",
                $"Write \"provider\": \"{foreign.Name}\", or correct the host.");
        }
        else if (Array.Find(Operations, path.EndsWith) is { } operation)
        {
            node.Warn(
                $"ends with {operation}, and the path of the operation is added to it",
                $"Write {ConfigText.Quote($"{url.GetLeftPart(UriPartial.Authority)}{path[..^operation.Length]}")}.");
        }
        else if (url.IdnHost == Gemini && !path.EndsWith("/openai", StringComparison.Ordinal))
        {
            node.Warn("is not the address at which Gemini speaks OpenAI's dialect", $"Write \"https://{Gemini}/v1beta/openai\".");
        }
        else if (provider != ProviderKind.AzureOpenAi && !path.Split('/').Any(IsVersion))
        {
            node.Warn(
                "has no version in its path, as /v1, which most servers expect",
                $"Write {ConfigText.Quote($"{url.GetLeftPart(UriPartial.Authority)}{path}/v1")} unless the server wants none.");
        }
    }

    private static bool Matches(string host, string known) => known[0] == '.'
        ? host.EndsWith(known, StringComparison.OrdinalIgnoreCase)
        : host.Equals(known, StringComparison.OrdinalIgnoreCase);

    private static bool IsVersion(string segment) => segment is ['v' or 'V', >= '0' and <= '9', ..];
}
