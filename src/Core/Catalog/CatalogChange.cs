namespace Ensemble.Catalog;

/// <summary>One entry written, or removed.</summary>
/// <param name="Json">Null = the entry is removed.</param>
public sealed record CatalogChange(CatalogEntryKind Kind, string Name, ReadOnlyMemory<byte>? Json);
