namespace Ensemble.Catalog;

/// <summary>The catalog that is served now.</summary>
public interface ICatalog
{
    CatalogSnapshot Current { get; }

    /// <summary>Why the newest change is not served; null when it is. Holds no secret.</summary>
    string? Problem { get; }

    /// <summary>Changes that were not taken since the start, each once.</summary>
    long Refusals => 0;

    /// <summary>Raised after <see cref="Current"/> has changed.</summary>
    event Action<CatalogSnapshot> Changed;
}

/// <summary>One entry written, or removed.</summary>
/// <param name="Json">Null = the entry is removed.</param>
public sealed record CatalogChange(CatalogEntryKind Kind, string Name, ReadOnlyMemory<byte>? Json);
