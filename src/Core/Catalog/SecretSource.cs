namespace Ensemble.Catalog;

public enum SecretSource
{
    Environment,
    File,

    /// <summary>In the catalog itself, encrypted.</summary>
    Sealed,
}
