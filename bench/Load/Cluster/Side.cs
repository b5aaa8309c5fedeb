using Ensemble.Load.Processes;
using Ensemble.Load.Traffic;

namespace Ensemble.Load.Cluster;

/// <summary>One way to serve the same catalog: one node, or a cluster behind one of its frontends.</summary>
internal sealed class Side(
    string name, ChildProcess process, IReadOnlyList<Node> nodes, ChildProcess stub, Database? database = null) : IDisposable
{
    /// <summary>Parts whose processor time is told apart, in the order in which reports show them.</summary>
    public static readonly string[] Parts = ["frontend", "silos", "PostgreSQL", "stub", "load"];

    public string Name => name;

    public bool IsCluster => nodes.Count > 0;

    /// <summary>All processes of its cluster, other frontends too.</summary>
    public IReadOnlyList<Node> Nodes => nodes;

    public LoadGenerator Load { get; } = new(process);

    /// <summary>Processor time so far, in milliseconds, in the order of <see cref="Parts"/>. Of other sides there is only what PostgreSQL does for them.</summary>
    public double[] Processor() =>
    [
        process.ProcessorTime.TotalMilliseconds,
        nodes.Where(node => node.Process.Name == LaunchPlan.SiloName).Sum(node => node.Process.ProcessorTime.TotalMilliseconds),
        IsCluster && database is not null ? database.ProcessorTime.TotalMilliseconds : 0,
        stub.ProcessorTime.TotalMilliseconds,
        Environment.CpuUsage.TotalTime.TotalMilliseconds,
    ];

    /// <param name="before">What <see cref="Processor"/> was.</param>
    /// <param name="runs">That were made since.</param>
    public IReadOnlyDictionary<string, double> ProcessorOfRun(double[] before, double runs) =>
        Processor().Zip(before, Parts).ToDictionary(part => part.Third, part => (part.First - part.Second) / runs);

    public void Dispose() => Load.Dispose();
}
