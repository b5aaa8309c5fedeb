namespace Ensemble.Catalog.Editing;

/// <summary>Some entries of a catalog, by name.</summary>
public sealed record EntryPage(long Revision, IReadOnlyList<CatalogEntryView> Entries, bool HasMore);
