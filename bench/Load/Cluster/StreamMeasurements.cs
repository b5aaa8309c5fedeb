namespace Ensemble.Load.Cluster;

/// <summary>All that <c>stream</c> measured.</summary>
/// <param name="Tokens">Streamed answers, pushed and pulled.</param>
/// <param name="Traffic">What they send.</param>
/// <param name="AtRest">Of each silo without load: processor time as a share of a core.</param>
internal sealed record StreamMeasurements(
    IReadOnlyList<TokenCell> Tokens, IReadOnlyList<TrafficFigures> Traffic, IReadOnlyList<double> AtRest);
