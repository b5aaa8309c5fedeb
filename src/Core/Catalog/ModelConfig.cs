namespace Ensemble.Catalog;

/// <summary>A model that one provider serves, as its operator described it.</summary>
public sealed record ModelConfig
{
    /// <summary>The alias by which callers, panels and judges name this model.</summary>
    public required string DisplayName { get; init; }

    public required ProviderKind Provider { get; init; }

    /// <summary>The provider's name of the model, sent as <c>model</c>.</summary>
    public required string Model { get; init; }

    /// <summary>
    /// Address up to and including the version segment, as <c>https://host/v1</c>, or a resource's where <see cref="ApiVersion"/> is set;
    /// null only for <see cref="ProviderKind.Simulated"/>.
    /// </summary>
    public Uri? BaseUrl { get; init; }

    /// <summary>Version of Azure OpenAI's deployment path, as <c>2024-10-21</c>; null = its v1 surface, or another provider.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>Where the provider's key is kept; null where the provider wants none.</summary>
    public SecretReference? ApiKey { get; init; }

    public ModelKind Kind { get; init; }

    /// <summary>Models of one family make the same mistakes; used for warnings about homogeneous panels.</summary>
    public string? Family { get; init; }

    /// <summary>Context window in tokens; null when unknown.</summary>
    public int? ContextTokens { get; init; }

    /// <summary>Longest answer in tokens; null when unknown.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>Bounds a whole call: gate, attempts and back-off; for a stream until its first content byte. Default 60 s.</summary>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;

    /// <summary>Attempts after the first. Default 2.</summary>
    public int Retries { get; init; } = DefaultRetries;

    /// <summary>
    /// Until the headers of a stream are sent though nothing of the answer is there; of a model that is asked by its own name. Default 5 s.
    /// </summary>
    public TimeSpan StreamCommit { get; init; } = DefaultStreamCommit;

    public ParamsConfig Params { get; init; } = ParamsConfig.None;

    /// <summary>Sent with each request beside the gateway's own. Default none.</summary>
    public IReadOnlyList<HeaderConfig> Headers { get; init; } = [];

    public RateLimitConfig? RateLimit { get; init; }

    public CooldownConfig Cooldown { get; init; } = CooldownConfig.Default;

    /// <summary>Null when the operator gave no price: costs are then unknown, never guessed.</summary>
    public PriceConfig? Price { get; init; }

    /// <summary>Set if and only if <see cref="Provider"/> is <see cref="ProviderKind.Simulated"/>.</summary>
    public SimulatedConfig? Simulated { get; init; }

    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    public static readonly TimeSpan DefaultStreamCommit = TimeSpan.FromSeconds(5);

    public const int DefaultRetries = 2;
}
