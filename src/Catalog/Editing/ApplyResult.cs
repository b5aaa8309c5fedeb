namespace Ensemble.Catalog.Editing;

/// <summary>What a catalog file changes in a store. Entries are named as <c>models["council"]</c>.</summary>
public sealed record ApplyResult
{
    /// <summary>What is wrong with the file; nothing is written then.</summary>
    public IReadOnlyList<CatalogIssue> Errors { get; init; } = [];

    public IReadOnlyList<CatalogIssue> Warnings { get; init; } = [];

    public IReadOnlyList<string> Added { get; init; } = [];

    public IReadOnlyList<string> Changed { get; init; } = [];

    public IReadOnlyList<string> Removed { get; init; } = [];

    /// <summary>Entries that are stored as the file has them.</summary>
    public int Unchanged { get; init; }

    /// <summary>Of the stored catalog now.</summary>
    public long Revision { get; init; }

    /// <summary>Whether anything was written.</summary>
    public bool IsWritten { get; init; }
}
