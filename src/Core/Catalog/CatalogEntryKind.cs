namespace Ensemble.Catalog;

public enum CatalogEntryKind
{
    /// <summary>A direct model or an ensemble, by <c>display_name</c>.</summary>
    Model,

    /// <summary>A caller's key, by <c>name</c>.</summary>
    Key,
}
