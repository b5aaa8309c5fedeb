namespace Ensemble.Catalog;

/// <summary>One entry of a stored catalog.</summary>
/// <param name="Json">The entry as a catalog file has it, UTF-8.</param>
/// <param name="Version">The catalog's revision at which it was written last.</param>
public sealed record CatalogEntry(CatalogEntryKind Kind, string Name, ReadOnlyMemory<byte> Json, long Version);
