namespace Ensemble.Testing;

/// <summary>What a stubbed provider demands beyond what every one of them does.</summary>
public sealed record StubOptions
{
    /// <summary>The API that it speaks. Default: OpenAI's.</summary>
    public StubDialect Dialect { get; init; }

    /// <summary>The only key that is let in; null = any, or none.</summary>
    public string? RequiredKey { get; init; }

    /// <summary>Models that refuse sampling parameters, <c>stop</c> and <c>max_tokens</c>, as OpenAI's reasoning models do.</summary>
    public IReadOnlySet<string> ReasoningModels { get; init; } = new HashSet<string>();

    /// <summary>Models of the Messages API that take <c>temperature</c> or <c>top_p</c>, not both, as the newer ones do.</summary>
    public IReadOnlySet<string> OneSamplingParameter { get; init; } = new HashSet<string>();

    /// <summary>Top-level fields that this provider refuses by name.</summary>
    public IReadOnlySet<string> RefusedFields { get; init; } = new HashSet<string>();

    /// <summary>Whether a top-level field that OpenAI does not know is refused.</summary>
    public bool RefuseUnknownFields { get; init; }

    /// <summary>Speaks as Azure OpenAI does; null = as OpenAI. Unknown top-level fields are then refused always.</summary>
    public StubAzure? Azure { get; init; }

    /// <summary>A larger body is answered with 413. Default 32 MiB.</summary>
    public int MaxBodyBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Serves HTTPS with a certificate of its own, offering HTTP/2 and HTTP/1.1; otherwise plain HTTP/1.1.</summary>
    public bool Tls { get; init; }
}
