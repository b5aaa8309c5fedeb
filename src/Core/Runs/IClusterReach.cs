namespace Ensemble.Runs;

/// <summary>Whether a process that executes no runs itself reaches one that does.</summary>
public interface IClusterReach
{
    /// <summary>Whether a silo has answered within the last seconds.</summary>
    bool IsReached { get; }
}
