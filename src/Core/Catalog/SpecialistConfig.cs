namespace Ensemble.Catalog;

/// <summary>Who splits a request, and who answers its parts.</summary>
public sealed record SpecialistConfig
{
    /// <summary>The alias of a direct model.</summary>
    public required string Planner { get; init; }

    /// <summary>Field of work, as the planner names it → alias of a direct model. At least one.</summary>
    public required IReadOnlyDictionary<string, string> Members { get; init; }

    /// <summary>Default 5.</summary>
    public int MaxSubtasks { get; init; } = DefaultMaxSubtasks;

    public const int DefaultMaxSubtasks = 5;
}
