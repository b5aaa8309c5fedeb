namespace Ensemble.Catalog;

/// <summary>How long a panel waits for the rest once it has quorum.</summary>
/// <param name="Wait">Null = for all of them, each within its own time-out.</param>
public readonly record struct StragglerGrace(TimeSpan? Wait)
{
    public static readonly StragglerGrace All = new(null);
}
