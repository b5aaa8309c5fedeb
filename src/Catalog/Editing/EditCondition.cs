namespace Ensemble.Catalog.Editing;

/// <summary>What an edit expects of the entry as it is stored.</summary>
public sealed record EditCondition
{
    public static readonly EditCondition None = new();

    /// <summary>Its version is one of these; null = whatever it is.</summary>
    public IReadOnlyList<long>? Versions { get; init; }

    /// <summary>It is there.</summary>
    public bool Present { get; init; }

    /// <summary>It is not there.</summary>
    public bool Absent { get; init; }

    internal bool Holds(CatalogEntry? entry) => entry is null
        ? Versions is null && !Present
        : !Absent && (Versions is null || Versions.Contains(entry.Version));
}
