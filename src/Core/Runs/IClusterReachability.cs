namespace Ensemble.Runs;

/// <summary>Whether a process that executes no runs itself reaches one that does.</summary>
public interface IClusterReachability
{
    /// <summary>Whether a silo has answered within the last seconds.</summary>
    bool IsReachable { get; }
}
