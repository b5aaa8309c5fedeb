namespace Ensemble.Catalog;

public sealed record StoreCatalogOptions
{
    /// <summary>Time between two looks at the store's revision, for what its announcements missed. Default 2 s.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(2);

    public static readonly StoreCatalogOptions Default = new();
}
