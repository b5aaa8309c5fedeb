namespace Ensemble.Catalog.Reading;

/// <summary>Reads a direct model.</summary>
internal static class ModelReader
{
    public const int MaxTimeoutMs = 3_600_000;
    private const int MaxTokens = 100_000_000;

    private static readonly string[] Fields =
    [
        "display_name", "provider", "base_url", "api_version", "model", "api_key", "kind", "family", "context_tokens", "max_output_tokens",
        "timeout_ms", "stream_commit_ms", "retries", "params", "rate_limit", "cooldown", "price", "cache",
        "simulated", HeadersReader.Field,
    ];

    private static readonly (string, ProviderKind)[] Providers =
    [
        ("openai", ProviderKind.OpenAi),
        ("azure-openai", ProviderKind.AzureOpenAi),
        ("anthropic", ProviderKind.Anthropic),
        ("simulated", ProviderKind.Simulated),
    ];

    private static readonly (string, ModelKind)[] Kinds = [("chat", ModelKind.Chat), ("embedding", ModelKind.Embedding)];

    public static ModelConfig? Read(ConfigNode node, CatalogDraft draft)
    {
        if (node.Object(Fields) is not { } model)
        {
            return null;
        }

        var kind = model.Find("kind")?.OneOf(Kinds) ?? ModelKind.Chat;
        var name = draft.ReadAlias(model, isEnsemble: false, kind);
        var provider = model.Require(
            "provider", "Name the dialect it speaks: \"openai\", \"azure-openai\", \"anthropic\" or \"simulated\".")
            ?.OneOf(Providers);
        var config = new ModelConfig
        {
            DisplayName = name ?? "",
            Provider = provider ?? ProviderKind.OpenAi,
            Model = ReadModel(model, provider) ?? name ?? "",
            BaseUrl = ReadBaseUrl(model, provider),
            ApiVersion = AzureReader.ReadApiVersion(model, provider),
            ApiKey = ReadApiKey(model, provider, draft),
            Kind = kind,
            Family = model.Find("family")?.Name(64),
            ContextTokens = (int?)model.Integer("context_tokens", 1, MaxTokens),
            MaxOutputTokens = (int?)model.Integer("max_output_tokens", 1, MaxTokens),
            Timeout = model.Milliseconds("timeout_ms", 1, MaxTimeoutMs) ?? ModelConfig.DefaultTimeout,
            StreamCommit = model.Milliseconds("stream_commit_ms", 0, MaxTimeoutMs) ?? ModelConfig.DefaultStreamCommit,
            Retries = (int?)model.Integer("retries", 0, 10) ?? ModelConfig.DefaultRetries,
            Params = model.Find("params") is { } parameters ? ParamsReader.Read(parameters) : ParamsConfig.None,
            Headers = HeadersReader.Read(model, provider, draft),
            RateLimit = model.Find("rate_limit") is { } limits ? LimitsReader.ReadRateLimit(limits) : null,
            Cooldown = model.Find("cooldown") is { } cooldown ? LimitsReader.ReadCooldown(cooldown) : CooldownConfig.Default,
            Price = model.Find("price") is { } price ? PriceReader.Read(price) : null,
            MarksCache = ReadCache(model, provider),
            Simulated = ReadSimulated(model, provider),
        };
        return name is null || provider is null ? null : config;
    }

    private static string? ReadModel(ConfigObject model, ProviderKind? provider) => provider is not (null or ProviderKind.Simulated)
        ? model.Require("model", "Give the provider's name of the model.") is { } node ? ReadModel(node) : null
        : model.Find("model")?.Name();

    private static string? ReadModel(ConfigNode node)
    {
        var name = node.Name();
        if (name is null || VariableSyntax.NameIn(name) is null)
        {
            return name;
        }

        node.Error("names a variable, and names of models are taken as they are written", "Write the provider's name of the model itself.");
        return null;
    }

    private static Uri? ReadBaseUrl(ConfigObject model, ProviderKind? provider)
    {
        if (provider == ProviderKind.AzureOpenAi)
        {
            return AzureReader.ReadBaseUrl(model);
        }

        var node = model.Find("base_url");
        if (provider != ProviderKind.Simulated)
        {
            return node is { } given ? ReadBaseUrl(given, provider) : BaseUrlReader.DefaultOf(provider);
        }

        node?.Hidden().Error("has no meaning for a simulated model, which makes no calls", "Remove it, or choose another provider.");
        return null;
    }

    private static Uri? ReadBaseUrl(ConfigNode node, ProviderKind? provider)
    {
        var url = BaseUrlReader.Read(node);
        if (url is not null && provider is { } known)
        {
            BaseUrlWarnings.Check(node, url, known);
        }

        return url;
    }

    private static SecretReference? ReadApiKey(ConfigObject model, ProviderKind? provider, CatalogDraft draft)
    {
        if (model.Find("api_key") is not { } node)
        {
            if (provider is ProviderKind.OpenAi or ProviderKind.Anthropic && !model.Has("base_url"))
            {
                model.Warn($"has no api_key, which {BaseUrlReader.DefaultOf(provider).Host} asks for", "Add \"api_key\": \"env:NAME\".");
            }
            else if (provider == ProviderKind.AzureOpenAi)
            {
                model.Warn("has no api_key, which Azure OpenAI asks for", "Add \"api_key\": \"env:NAME\".");
            }

            return null;
        }

        var reference = SecretReferenceReader.Read(node, draft.Origin);
        if (provider == ProviderKind.Simulated)
        {
            node.Hidden().Warn("is not used by a simulated model", "Remove it.");
        }
        else if (reference is { Source: not SecretSource.Sealed } && draft.Secrets?.TryResolve(reference, out _, out var problem) == false)
        {
            node.Hidden().Warn($"cannot be used now: {problem}", "Provide it before the model is called.");
        }

        return reference;
    }

    private static bool ReadCache(ConfigObject model, ProviderKind? provider)
    {
        if (model.Find("cache") is not { } node || node.Flag() is not true)
        {
            return false;
        }

        if (provider is not (null or ProviderKind.Anthropic))
        {
            node.Error(
                "has a meaning only where provider is \"anthropic\": the others keep prompts without being asked, or not at all",
                "Remove it.");
        }

        return true;
    }

    private static SimulatedConfig? ReadSimulated(ConfigObject model, ProviderKind? provider)
    {
        var node = model.Find("simulated");
        if (provider == ProviderKind.Simulated)
        {
            return node is { } settings ? SimulatedReader.Read(settings) : new SimulatedConfig();
        }

        if (provider is not null)
        {
            node?.Error("has a meaning only where provider is \"simulated\"", "Remove it, or set \"provider\": \"simulated\".");
        }

        return null;
    }
}
