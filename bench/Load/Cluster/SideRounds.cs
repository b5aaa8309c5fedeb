using Ensemble.Load.Measuring;
using Ensemble.Load.Traffic;

namespace Ensemble.Load.Cluster;

/// <summary>Measures one cell of several sides, there and back in each round: a drift of the machine weighs on all alike.</summary>
internal sealed class SideRounds(IReadOnlyList<Side> sides, SlotRunner slots, int rounds)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(300);

    /// <returns>Of every side but the first, which is what they are held against.</returns>
    public async Task<IReadOnlyList<SideResult>> RunAsync(LoadShape shape, CancellationToken cancel)
    {
        var (there, back) = (sides.ToDictionary(side => side, _ => new List<SlotFigures>()), sides.ToDictionary(side => side, _ => new List<SlotFigures>()));
        string? failure = null;
        try
        {
            foreach (var side in sides)
            {
                var load = await side.Load.RunAsync(shape with { Measured = WarmUp }, cancel);
                if (load.Errors > 0)
                {
                    throw new LoadException($"The {side.Name} failed {load.Errors} runs, the first: {load.FirstError}");
                }
            }

            for (var round = 0; round < rounds; round++)
            {
                foreach (var side in sides)
                {
                    there[side].Add(await SlotAsync(side, shape, cancel));
                }

                foreach (var side in sides.Reverse())
                {
                    back[side].Add(await SlotAsync(side, shape, cancel));
                }
            }
        }
        catch (LoadException problem)
        {
            failure = problem.Message;
        }

        var whole = back[sides[0]].Count;
        var (first, last) = (there[sides[0]], back[sides[0]]);
        return [.. sides.Skip(1).Select(side => new SideResult(side.Name, new CellResult(
            shape,
            [.. Enumerable.Range(0, whole).Select(round => new AbbaRound(first[round], there[side][round], back[side][round], last[round]))],
            failure)))];
    }

    private async Task<SlotFigures> SlotAsync(Side side, LoadShape shape, CancellationToken cancel)
    {
        var (processor, run) = (side.Processor(), LoadGenerator.NextRun);
        var figures = await slots.RunAsync(side.Name, side.Load, shape, cancel);
        return figures with { Parts = side.ProcessorOfRun(processor, LoadGenerator.NextRun - run) };
    }
}
