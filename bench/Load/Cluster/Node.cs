using Ensemble.Load.Processes;

namespace Ensemble.Load.Cluster;

/// <summary>One process of a cluster.</summary>
/// <param name="Meter">Path of the socket at which it tells what Orleans counts.</param>
internal sealed record Node(ChildProcess Process, string Meter);
