namespace Ensemble.Load.Cluster;

/// <summary>Two silos and two frontends, held against a node of role <c>all</c>.</summary>
/// <param name="Processor">Processor time of all nodes for a run, in milliseconds, by round.</param>
/// <param name="RunsPerSecond">Of the same load, by round.</param>
/// <param name="Tokens">Streamed answers, by the stream and pulled.</param>
/// <param name="AtRest">Of each silo without load: processor time as a share of a core.</param>
internal sealed record TierFigures(
    IReadOnlyList<double> Processor, IReadOnlyList<double> RunsPerSecond, IReadOnlyList<TokenCell> Tokens, IReadOnlyList<double> AtRest);
