namespace Ensemble.Catalog.Serving;

/// <summary>A catalog that never changes.</summary>
public sealed class StaticCatalog(CatalogSnapshot snapshot) : ICatalog
{
    public CatalogSnapshot Current { get; } = snapshot;

    public string? Problem => null;

    public event Action<CatalogSnapshot> Changed
    {
        add { }
        remove { }
    }
}
