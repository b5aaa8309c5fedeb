namespace Ensemble.Catalog;

/// <summary>Who wrote a catalog, and so which secrets it may refer to.</summary>
public enum CatalogOrigin
{
    /// <summary>A file of the operator, which may refer to any variable and any file of the process.</summary>
    File,

    /// <summary>A store that is written over the network: only what <see cref="SecretPolicy"/> leaves open, and sealed secrets.</summary>
    Store,
}
