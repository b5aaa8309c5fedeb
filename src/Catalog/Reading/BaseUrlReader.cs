using Ensemble.Catalog.Addresses;

namespace Ensemble.Catalog.Reading;

internal static class BaseUrlReader
{
    private const string Example = "Write it as \"https://host/v1\".";

    private static readonly Uri OpenAi = new("https://api.openai.com/v1");

    private static readonly Uri Anthropic = new("https://api.anthropic.com/v1");

    public static Uri DefaultOf(ProviderKind? provider) => provider == ProviderKind.Anthropic ? Anthropic : OpenAi;

    /// <returns>The address without slashes at its end.</returns>
    public static Uri? Read(ConfigNode node)
    {
        // Whatever stands before an @ or after a ? may be a secret.
        var shown = node.IsString && node.Element.Text()!.AsSpan().ContainsAny("@?#") ? node.Hidden() : node;
        if (shown.Text(2048) is not { } text)
        {
            return null;
        }

        if (VariableSyntax.NameIn(text) is not null)
        {
            shown.Error("names a variable, and addresses are taken as they are written", Example);
            return null;
        }

        if (text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '\\')
            || !Uri.TryCreate(text, UriKind.Absolute, out var url)
            || url.Scheme is not ("http" or "https")
            || url.Host.Length == 0)
        {
            shown.Error("is not an absolute http or https address", Example);
            return null;
        }

        if (url.UserInfo.Length > 0 || text.Contains('@', StringComparison.Ordinal))
        {
            shown.Error("holds a user name or password", "Remove them and reference the key as \"api_key\": \"env:NAME\".");
            return null;
        }

        if (text.AsSpan().ContainsAny('?', '#'))
        {
            shown.Error("holds a query or fragment", "End it with the path.");
            return null;
        }

        var host = url.IdnHost;
        var verdict = AddressRule.Classify(host);
        if (verdict.Kind == AddressKind.Forbidden)
        {
            shown.Error($"is {verdict.Description}, which is never called", "Give the address of the provider itself.");
            return null;
        }

        var isPlain = url.Scheme == "http" && !AddressRule.IsLoopbackHost(host);
        if (isPlain && ((verdict.Description is not null && verdict.Kind == AddressKind.Public) || BaseUrlWarnings.IsKnown(host)))
        {
            shown.Error(
                "is plain http to the public internet",
                "Use https; http is for this machine, and for networks of the option Security:AllowedNetworks.");
            return null;
        }

        if (isPlain || verdict.Kind == AddressKind.Private)
        {
            shown.Warn(
                $"is {(isPlain ? "plain http to another machine" : verdict.Description)}: calls are refused unless the option "
                    + "Security:AllowedNetworks has its network",
                "Add the network there where you have not.");
        }

        return new Uri(url.AbsoluteUri.TrimEnd('/'));
    }
}
