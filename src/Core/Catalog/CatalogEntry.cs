namespace Ensemble.Catalog;

/// <summary>One entry of a stored catalog.</summary>
/// <param name="Json">The entry as a catalog file has it, UTF-8.</param>
/// <param name="Version">The catalog's revision at which it was written last.</param>
public sealed record CatalogEntry(CatalogEntryKind Kind, string Name, ReadOnlyMemory<byte> Json, long Version);

public enum CatalogEntryKind
{
    /// <summary>A direct model or an ensemble, by <c>display_name</c>.</summary>
    Model,

    /// <summary>A caller's key, by <c>name</c>.</summary>
    Key,
}

/// <summary>A stored catalog at one revision.</summary>
/// <param name="Revision">0 = nothing was ever written.</param>
/// <param name="Entries">By kind, then by name (ordinal).</param>
public sealed record CatalogDocument(long Revision, IReadOnlyList<CatalogEntry> Entries);

/// <summary>Who wrote a catalog, and so which secrets it may refer to.</summary>
public enum CatalogOrigin
{
    /// <summary>A file of the operator, which may refer to any variable and any file of the process.</summary>
    File,

    /// <summary>A store that is written over the network: only what <c>SecretPolicy</c> leaves open, and sealed secrets.</summary>
    Store,
}
