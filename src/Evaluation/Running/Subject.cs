using Ensemble.Catalog;

namespace Ensemble.Evaluation.Running;

/// <summary>What answers the questions.</summary>
internal enum SubjectKind
{
    /// <summary>One model, asked once.</summary>
    Single,

    /// <summary>One model, asked several times and voted on: the baseline of equal budget.</summary>
    Self,

    /// <summary>An ensemble under one strategy.</summary>
    Ensemble,
}

/// <param name="Name">In the report; for an ensemble and for <see cref="SubjectKind.Self"/> also its alias in the catalog of the
/// evaluation.</param>
/// <param name="Config">Null for a single model.</param>
/// <param name="Panel">The panel of the ensemble; null where it asks models of its own, and for others.</param>
internal sealed record Subject(string Name, SubjectKind Kind, EnsembleConfig? Config = null, AskedPanel? Panel = null);

/// <summary>Models that are asked each question before any strategy is tried: what they say is what all strategies see.</summary>
/// <param name="Ensembles">The names of those that have this panel.</param>
/// <param name="Config">One of these as the catalog has it, or one made of the baselines.</param>
/// <param name="Labels">The names of the members in the report.</param>
/// <param name="IsVoted">Whether they are a panel, whose correlations and votes mean something.</param>
internal sealed record AskedPanel(IReadOnlyList<string> Ensembles, EnsembleConfig Config, IReadOnlyList<string> Labels, bool IsVoted)
{
    public string Name { get; } = string.Join(", ", Ensembles);
}
