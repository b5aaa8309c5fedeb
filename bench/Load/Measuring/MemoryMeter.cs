using Ensemble.Load.Processes;
using Ensemble.Load.Traffic;

namespace Ensemble.Load.Measuring;

/// <summary>Starts a gateway afresh, and sees what it grows by while 256 runs are under way at once.</summary>
internal sealed class MemoryMeter(string folder, CancellationToken cancel)
{
    public const int Runs = 256;
    public const int Panel = 3;

    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(50);

    public async Task<MemoryFigure> MeasureAsync(LaunchPlan plan)
    {
        await using var gateway = await ChildProcess.StartAsync(plan, folder, cancel);
        using var load = new LoadGenerator(gateway);

        // Few callers: code is compiled, but the connections that 256 runs need are opened by them, and are part of what they cost.
        foreach (var streamed in (bool[])[false, true])
        {
            var warmUp = await load.RunAsync(new LoadShape(Panel, Latency: 0, Callers: 4, streamed, TimeSpan.FromSeconds(1)), cancel);
            if (warmUp.Errors > 0)
            {
                throw new LoadException($"{plan.Name}, warm-up before memory: {warmUp.FirstError}");
            }
        }

        await Task.Delay(Settle, TimeProvider.System, cancel);
        var idle = ProcessMemory.PrivateKibibytes(gateway.Id);
        var burst = load.BurstAsync(Runs, Panel, ProductFiles.MemoryLatency, cancel);
        var peak = idle;
        while (!burst.IsCompleted)
        {
            await Task.Delay(Every, TimeProvider.System, cancel);
            peak = Math.Max(peak, ProcessMemory.PrivateKibibytes(gateway.Id));
        }

        await burst;
        return new MemoryFigure(idle, peak);
    }
}
