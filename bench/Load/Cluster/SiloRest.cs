using System.Diagnostics;
using Ensemble.Load.Processes;

namespace Ensemble.Load.Cluster;

/// <summary>What silos take while nothing is asked of them.</summary>
internal static class SiloRest
{
    public static readonly TimeSpan Brief = TimeSpan.FromSeconds(5);

    /// <param name="side">Whose silos, which are left alone for as long as they are measured before that.</param>
    /// <returns>Of each silo the processor time as a share of a core.</returns>
    public static async Task<IReadOnlyList<double>> MeasureAsync(Side side, TimeSpan time, CancellationToken cancel)
    {
        await Task.Delay(time, TimeProvider.System, cancel);
        var silos = side.Nodes.Select(node => node.Process).Where(process => process.Name == LaunchPlan.SiloName).ToArray();
        var (used, begin) = (silos.Select(process => process.ProcessorTime).ToArray(), Stopwatch.GetTimestamp());
        await Task.Delay(time, TimeProvider.System, cancel);
        var elapsed = Stopwatch.GetElapsedTime(begin);
        return [.. silos.Zip(used, (process, before) => (process.ProcessorTime - before) / elapsed)];
    }
}
