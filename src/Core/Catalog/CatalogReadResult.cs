namespace Ensemble.Catalog;

/// <summary>What came of reading a catalog.</summary>
public sealed record CatalogReadResult
{
    /// <summary>Null where there is any error.</summary>
    public required CatalogSnapshot? Snapshot { get; init; }

    /// <summary>All that was found, at most 500 and a note that there are more.</summary>
    public required IReadOnlyList<CatalogIssue> Errors { get; init; }

    /// <summary>What is accepted, but doubtful or without effect.</summary>
    public required IReadOnlyList<CatalogIssue> Warnings { get; init; }

    /// <summary>The secrets that callers' keys were hashed from: where one changes, so does the catalog.</summary>
    internal IReadOnlyList<SecretReference> KeyReferences { get; init; } = [];
}
