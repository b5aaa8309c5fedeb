namespace Ensemble.Catalog;

/// <summary>A stored catalog at one revision.</summary>
/// <param name="Revision">0 = nothing was ever written.</param>
/// <param name="Entries">By kind, then by name (ordinal).</param>
public sealed record CatalogDocument(long Revision, IReadOnlyList<CatalogEntry> Entries);
