namespace Ensemble.Upstreams;

/// <summary>Why an upstream call failed, in the provider's words where it gave any.</summary>
/// <param name="Message">May name the model or the provider: for operators, not for callers.</param>
public sealed record UpstreamError(string Message)
{
    /// <summary>The HTTP status; null where no answer came.</summary>
    public int? Status { get; init; }

    public string? Type { get; init; }

    public string? Code { get; init; }

    public string? Param { get; init; }

    /// <summary>How long the provider asks to be left alone.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>
    /// Whether the request never left this process, so that nothing can have been billed for it: no connection, no key, a refused address.
    /// </summary>
    public bool NeverSent { get; init; }
}
