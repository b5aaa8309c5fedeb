using System.Globalization;

namespace Ensemble.Catalog.Reading;

/// <summary>Reads what only a model of Azure OpenAI has: its two forms of address, and the version that tells them apart.</summary>
internal static class AzureReader
{
    private const string ResourceForm = "https://NAME.openai.azure.com";
    private const string V1Form = ResourceForm + "/openai/v1";

    /// <returns>The version of a deployment's path; null for the v1 surface.</returns>
    public static string? ReadApiVersion(ConfigObject model, ProviderKind? provider)
    {
        if (model.Find("api_version") is not { } node)
        {
            return null;
        }

        if (provider != ProviderKind.AzureOpenAi)
        {
            if (provider is not null)
            {
                node.Error("has a meaning only where provider is \"azure-openai\"", "Remove it, or set \"provider\": \"azure-openai\".");
            }

            return null;
        }

        var text = node.Name(32);
        if (text is not null && !IsVersion(text))
        {
            node.Error(
                "is not a version of the deployments' path",
                $"Write a date, as \"2024-10-21\", or leave it out with base_url \"{V1Form}\".");
            return null;
        }

        return text;
    }

    /// <returns>Null where it is missing or does not fit the form that <c>api_version</c> asks for.</returns>
    public static Uri? ReadBaseUrl(ConfigObject model)
    {
        var isDeployment = model.Find("api_version") is not null;
        var fix = $"Write \"{(isDeployment ? ResourceForm : V1Form)}\".";
        if (model.Require("base_url", fix) is not { } node || BaseUrlReader.Read(node) is not { } url)
        {
            return null;
        }

        var path = url.AbsolutePath.TrimEnd('/');
        if (isDeployment && (path.EndsWith("/openai/v1", StringComparison.Ordinal) || path.EndsWith("/openai", StringComparison.Ordinal)
            || path.Contains("/openai/deployments", StringComparison.Ordinal)))
        {
            node.Error(
                "has a path, though with api_version the deployment's path is added",
                $"{fix[..^1]}, or remove api_version where it is the v1 address.");
            return null;
        }

        if (!isDeployment && path.Length == 0)
        {
            node.Error("is the address of a resource, without api_version", $"{fix[..^1]}, or add api_version for the deployment's path.");
            return null;
        }

        BaseUrlWarnings.Check(node, url, ProviderKind.AzureOpenAi);
        return url;
    }

    /// <summary>A date, with or without a word as <c>-preview</c>.</summary>
    private static bool IsVersion(string text) =>
        text.Length >= 10
        && DateOnly.TryParseExact(text.AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
        && (text.Length == 10 || (text[10] == '-' && text.Length > 11 && text.AsSpan(11).IndexOfAnyExceptInRange('a', 'z') < 0));
}
