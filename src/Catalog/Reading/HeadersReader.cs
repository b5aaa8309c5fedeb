using System.Buffers;
using Ensemble.Catalog.Secrets;

namespace Ensemble.Catalog.Reading;

/// <summary>Reads the headers of a model. No message shows a value: it may be a secret.</summary>
internal static class HeadersReader
{
    public const string Field = "headers";

    private const int MaxEntries = 32;
    private const int MaxLength = 4096;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~");

    /// <summary>What the gateway, or the connection, sets itself.</summary>
    private static readonly string[] ReservedNames =
    [
        "host", "accept", "accept-encoding", "user-agent", "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
        "expect",
        "traceparent", "tracestate", "anthropic-version",
    ];

    private static readonly string[] SecretParts =
        ["authorization", "auth", "key", "apikey", "token", "secret", "password", "cookie", "credential", "credentials", "signature"];

    public static IReadOnlyList<HeaderConfig> Read(ConfigObject model, ProviderKind? provider, CatalogDraft draft)
    {
        if (model.Find(Field) is not { } node)
        {
            return [];
        }

        var headers = new List<HeaderConfig>();
        foreach (var (name, value) in node.Hidden().Entries(MaxEntries) ?? [])
        {
            if (Refusal(name, provider, model.Has("api_key")) is { } refusal)
            {
                value.Error(refusal, "Remove it.");
            }
            else if (headers.Any(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                value.Error(ConfigObject.DuplicateFieldRule, ConfigObject.DuplicateFieldFix);
            }
            else if (ReadValue(name, value, draft) is { } header)
            {
                headers.Add(header);
            }
        }

        return headers;
    }

    /// <summary>Whether a header's name says that its value is a secret, which then has to be a reference.</summary>
    public static bool IsSecret(string name) =>
        name.Split('-', '_', '.').Any(part => SecretParts.Contains(part, StringComparer.OrdinalIgnoreCase));

    private static HeaderConfig? ReadValue(string name, ConfigNode value, CatalogDraft draft)
    {
        var isReference = value.Element.Text() is { } given
            && (SecretReferenceReader.IsReference(given)
                || given.StartsWith(SecretSealer.Prefix, StringComparison.Ordinal) || IsSecret(name));
        if (isReference)
        {
            return SecretReferenceReader.Read(value, draft.Origin) is { } secret ? new HeaderConfig(name, null, secret) : null;
        }

        if (value.Text(MaxLength) is not { } text)
        {
            return null;
        }

        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return new HeaderConfig(name, text, null);
        }

        value.Error("has characters that no header can carry", "Use printable ASCII characters, on one line.");
        return null;
    }

    private static string? Refusal(string name, ProviderKind? provider, bool hasKey)
    {
        if (name.Length is 0 or > 128 || name.AsSpan().ContainsAnyExcept(NameCharacters))
        {
            return "is not a header's name";
        }

        if (ReservedNames.Contains(name, StringComparer.OrdinalIgnoreCase)
            || name.StartsWith("content-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("proxy-", StringComparison.OrdinalIgnoreCase))
        {
            return "is a header that the gateway or the connection sets itself";
        }

        var ofKey = provider switch { ProviderKind.AzureOpenAi => "api-key", ProviderKind.Anthropic => "x-api-key", _ => "authorization" };
        return hasKey && name.Equals(ofKey, StringComparison.OrdinalIgnoreCase) ? "is the header in which api_key is sent" : null;
    }
}
