using Ensemble.Catalog;

namespace Ensemble.Runs;

/// <summary>The time that a run of an alias may take.</summary>
/// <param name="FirstOutputTimeout">To the first byte that the caller sees.</param>
/// <param name="MaxAnswer">From that byte to the last.</param>
/// <param name="StreamCommit">Until a stream's headers are sent without a byte of answer.</param>
public readonly record struct RunLimits(TimeSpan FirstOutputTimeout, TimeSpan MaxAnswer, TimeSpan StreamCommit)
{
    public static RunLimits Of(EnsembleConfig ensemble) => new(ensemble.Deadline, ensemble.MaxAnswer, ensemble.StreamCommit);

    /// <summary>A direct model's own time-out decides; the run's only stands behind it.</summary>
    public static RunLimits Of(ModelConfig model) =>
        new(model.Timeout + TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(300), model.StreamCommit);
}
