namespace Ensemble.Runs;

/// <summary>An engine's answer to a run that it was asked to start.</summary>
public enum RunStart
{
    Started,

    /// <summary>As many runs as allowed are in flight, or what runs took cannot be kept.</summary>
    Overloaded,

    /// <summary>This engine is shutting down.</summary>
    Draining,

    /// <summary>The alias is not in the catalog any more.</summary>
    UnknownModel,
}
