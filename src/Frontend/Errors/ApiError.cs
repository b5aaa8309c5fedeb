using Ensemble.Catalog;

namespace Ensemble.Frontend.Errors;

/// <summary>An error as callers see it, in OpenAI's shape.</summary>
/// <param name="Status">HTTP status.</param>
internal sealed record ApiError(int Status, string Type, string? Code, string Message)
{
    public string? Param { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether asking again would fail in the same way; SDKs are told not to.</summary>
    public bool IsPermanent { get; init; }

    /// <summary>All that is wrong with a catalog's entry, written beside the error; null = nothing is.</summary>
    public IReadOnlyList<CatalogIssue>? Issues { get; init; }
}
