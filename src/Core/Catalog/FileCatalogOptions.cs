namespace Ensemble.Catalog;

public sealed record FileCatalogOptions
{
    /// <summary>Time between two looks at the file. Default 2 s.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(2);

    public static readonly FileCatalogOptions Default = new();
}
