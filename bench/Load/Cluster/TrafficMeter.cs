using System.Diagnostics;
using Ensemble.Load.Measuring;
using Ensemble.Load.Traffic;

namespace Ensemble.Load.Cluster;

/// <summary>Counts what runs send through a cluster. Counting has a cost: nothing else is measured meanwhile.</summary>
internal sealed class TrafficMeter(StubProbe stub, TimeSpan window, CancellationToken cancel)
{
    private const int Callers = 4;

    /// <summary>Whole answers, stubs of 50 ms; or streamed ones with tokens.</summary>
    public async Task<TrafficFigures> MeasureAsync(Side side, bool streamed)
    {
        var meters = new List<NodeMeter>();
        try
        {
            foreach (var node in side.Nodes)
            {
                meters.Add(await NodeMeter.OpenAsync(node, cancel));
            }

            var atRest = await CountAsync(side, meters, async () =>
            {
                await Task.Delay(window, TimeProvider.System, cancel);
                return 0;
            });
            var load = await CountAsync(side, meters, () => streamed ? StreamAsync(side) : AskAsync(side));
            var rest = atRest.Count.Times(1 / atRest.Seconds);
            return new TrafficFigures(
                side.Name, streamed, load.Runs, load.Count.Plus(rest, -load.Seconds).Times(1.0 / load.Runs), rest, atRest.Processor / atRest.Seconds);
        }
        finally
        {
            meters.ForEach(meter => meter.Dispose());
        }
    }

    private async Task<int> AskAsync(Side side)
    {
        var first = LoadGenerator.NextRun;
        await new SlotRunner(stub).RunAsync(side.Name, side.Load, new LoadShape(3, 50, Callers, Streamed: false, window), cancel);
        return LoadGenerator.NextRun - first;
    }

    private async Task<int> StreamAsync(Side side)
    {
        var answers = Math.Max(1, (int)(window.TotalMilliseconds / (Names.TokenCount * Names.TokenInterval)));
        return (await TokenRounds.StreamAsync(side, Callers, answers, stub, cancel)).Count;
    }

    private async Task<(int Runs, TrafficCount Count, double Seconds, double Processor)> CountAsync(Side side, List<NodeMeter> meters, Func<Task<int>> work)
    {
        var (before, processor, started) = (await TrafficCount.ReadAsync(meters, cancel), Processor(side), Stopwatch.GetTimestamp());
        var runs = await work();
        var (seconds, used) = (Stopwatch.GetElapsedTime(started).TotalSeconds, Processor(side) - processor);
        var after = await TrafficCount.ReadAsync(meters, cancel);
        return (runs, after.Plus(before, -1), seconds, used);
    }

    private static double Processor(Side side) => side.Nodes.Sum(node => node.Process.ProcessorTime.TotalMilliseconds);
}
