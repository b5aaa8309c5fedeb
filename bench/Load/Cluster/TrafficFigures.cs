namespace Ensemble.Load.Cluster;

/// <summary>What a cluster sends between grains and processes.</summary>
/// <param name="OfRun">Of one run, beyond what the cluster does at rest.</param>
/// <param name="AtRest">Of a second at rest.</param>
/// <param name="RestProcessor">Processor time at rest of all nodes together: milliseconds a second.</param>
internal sealed record TrafficFigures(string Side, bool Streamed, int Runs, TrafficCount OfRun, TrafficCount AtRest, double RestProcessor);
