using Ensemble.Load.Traffic;

namespace Ensemble.Load.Measuring;

/// <summary>Measures one cell in ABBA order, and makes sure that both sides did all the work.</summary>
internal sealed class CellRunner(LoadGenerator baseline, LoadGenerator product, StubProbe stub, int rounds)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(300);

    public async Task<CellResult> RunAsync(LoadShape shape, CancellationToken cancel)
    {
        var done = new List<AbbaRound>();
        try
        {
            foreach (var side in (LoadGenerator[])[baseline, product])
            {
                await SlotAsync(side, shape with { Measured = WarmUp }, cancel);
            }

            for (var round = 0; round < rounds; round++)
            {
                done.Add(new AbbaRound(
                    await SlotAsync(baseline, shape, cancel),
                    await SlotAsync(product, shape, cancel),
                    await SlotAsync(product, shape, cancel),
                    await SlotAsync(baseline, shape, cancel)));
            }

            return new CellResult(shape, done, Failure: null);
        }
        catch (LoadException problem)
        {
            return new CellResult(shape, done, problem.Message);
        }
    }

    private async Task<SlotFigures> SlotAsync(LoadGenerator side, LoadShape shape, CancellationToken cancel)
    {
        var name = side == baseline ? "baseline" : "product";
        var before = await stub.CountsAsync(cancel);
        var first = LoadGenerator.NextRun;
        var load = await side.RunAsync(shape, cancel);
        if (load.Errors > 0)
        {
            throw new LoadException($"The {name} failed {load.Errors} runs, the first: {load.FirstError}");
        }

        var after = await stub.CountsAsync(cancel);
        var runs = load.Samples.Count;
        if (after.Panel - before.Panel != (long)runs * shape.Panel || after.Judge - before.Judge != runs)
        {
            throw new LoadException(
                $"{runs} runs of the {name} made {after.Panel - before.Panel} panel calls and {after.Judge - before.Judge} judge calls, "
                + $"not {shape.Panel} and 1 each: the two sides would not be doing the same work.");
        }

        var measured = load.Measured.ToArray();
        if (measured.Length == 0)
        {
            throw new LoadException($"No run of the {name} began inside the measured window.");
        }

        var figures = new SlotFigures(
            measured.Length,
            load.EndedInside / shape.Measured.TotalSeconds,
            Spread.Of(measured.Select(sample => sample.End - sample.Start)),
            load.ProcessorTime.TotalMilliseconds / runs);
        return shape.Streamed ? await WithEventsAsync(figures, measured, first, cancel) : figures;
    }

    private async Task<SlotFigures> WithEventsAsync(SlotFigures figures, Sample[] measured, int first, CancellationToken cancel)
    {
        var events = await stub.EventsAsync(first, LoadGenerator.NextRun, cancel);
        return figures with
        {
            FirstContent = Spread.Of(measured.Select(sample => sample.FirstContent - sample.Start)),
            PanelToContent = Spread.Of(measured.Select(sample => sample.FirstContent - events[sample.Run].PanelClosed)),
            PanelToJudge = Spread.Of(measured.Select(sample => events[sample.Run].JudgeAsked - events[sample.Run].PanelClosed)),
        };
    }
}
