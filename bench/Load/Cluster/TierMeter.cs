using Ensemble.Load.Measuring;
using Ensemble.Load.Traffic;

namespace Ensemble.Load.Cluster;

/// <summary>Starts two silos and two frontends, and measures what they take.</summary>
/// <param name="silo">The nodes' assembly.</param>
/// <param name="rounds">Slots of saturation, and rounds of streamed answers.</param>
/// <param name="slot">Length of a slot.</param>
/// <param name="warmUp">Load before anything is measured.</param>
internal sealed class TierMeter(string silo, int rounds, TimeSpan slot, TimeSpan warmUp, CancellationToken cancel)
{
    private readonly LoadShape _saturation = new(Panel: 3, Latency: 0, Callers: 64, Streamed: false, slot);

    public async Task<TierFigures> MeasureAsync()
    {
        await using var fleet = await Fleet.StartAsync(silo, hasOneNode: false, cancel);
        using var probe = new StubProbe(fleet.Stub);
        var slots = new SlotRunner(probe);
        var side = fleet[Fleet.TwoSilos];
        await slots.RunAsync(side.Name, side.Load, _saturation with { Measured = warmUp }, cancel);
        foreach (var streamed in fleet.Sides)
        {
            await TokenRounds.StreamAsync(streamed, streams: 32, answers: Answers(warmUp), probe, cancel);
        }

        var (processor, rates) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            var (used, run) = (Processor(side), LoadGenerator.NextRun);
            rates.Add((await slots.RunAsync(side.Name, side.Load, _saturation, cancel)).RunsPerSecond);
            processor.Add((Processor(side) - used) / (LoadGenerator.NextRun - run));
        }

        var tokens = new List<TokenCell>();
        foreach (var streams in (int[])[1, 32])
        {
            tokens.Add(await new TokenRounds(fleet.Sides, probe, rounds, Answers(slot)).RunAsync(streams, cancel));
        }

        return new TierFigures(processor, rates, tokens, await SiloRest.MeasureAsync(side, SiloRest.Brief, cancel));
    }

    private static double Processor(Side side) => side.Nodes.Sum(node => node.Process.ProcessorTime.TotalMilliseconds);

    private static int Answers(TimeSpan time) => Math.Max(1, (int)(time.TotalMilliseconds / (Names.TokenCount * Names.TokenInterval)));
}
