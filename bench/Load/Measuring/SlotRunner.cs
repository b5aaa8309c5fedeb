using Ensemble.Load.Traffic;

namespace Ensemble.Load.Measuring;

/// <summary>Puts load on one side for a while, and makes sure that it did all the work.</summary>
internal sealed class SlotRunner(StubProbe stub)
{
    /// <exception cref="LoadException">A run failed, or other calls were made than its ensemble has.</exception>
    public async Task<SlotFigures> RunAsync(string name, LoadGenerator side, LoadShape shape, CancellationToken cancel)
    {
        var before = await stub.CountsAsync(cancel);
        var first = LoadGenerator.NextRun;
        var load = await side.RunAsync(shape, cancel);
        if (load.Errors > 0)
        {
            throw new LoadException($"The {name} failed {load.Errors} runs, the first: {load.FirstError}");
        }

        var after = await stub.CountsAsync(cancel);
        var runs = load.Samples.Count;
        EnsureCalls(name, before, after, runs, shape.Panel);
        var measured = load.Measured.ToArray();
        if (measured.Length == 0)
        {
            throw new LoadException($"No run of the {name} began inside the measured window.");
        }

        var figures = new SlotFigures(
            measured.Length,
            load.EndedInside / shape.Measured.TotalSeconds,
            Spread.Of(measured.Select(sample => sample.End - sample.Start)),
            load.ProcessorTime.TotalMilliseconds / runs)
        {
            Load = load.LoadTime.TotalMilliseconds / runs,
        };
        return shape.Streamed ? await WithEventsAsync(figures, measured, first, cancel) : figures;
    }

    /// <exception cref="LoadException">The stub has counted other calls than N to the panel and one to the judge a run.</exception>
    public static void EnsureCalls(string name, (long Panel, long Judge) before, (long Panel, long Judge) after, int runs, int panel)
    {
        if (after.Panel - before.Panel != (long)runs * panel || after.Judge - before.Judge != runs)
        {
            throw new LoadException(
                $"{runs} runs of the {name} made {after.Panel - before.Panel} panel calls and {after.Judge - before.Judge} judge calls, "
                + $"not {panel} and 1 each: the sides would not be doing the same work.");
        }
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
