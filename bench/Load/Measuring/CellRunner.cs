using Ensemble.Load.Processes;
using Ensemble.Load.Traffic;

namespace Ensemble.Load.Measuring;

/// <summary>Measures one cell in ABBA order.</summary>
internal sealed class CellRunner(LoadGenerator baseline, LoadGenerator product, StubProbe stub, int rounds)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(300);

    private readonly SlotRunner _slots = new(stub);

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

    // What the other side still does after its load, and at rest, would take the processor from this one.
    private async Task<SlotFigures> SlotAsync(LoadGenerator side, LoadShape shape, CancellationToken cancel)
    {
        var other = side == baseline ? product : baseline;
        if (other.Gateway == side.Gateway)
        {
            return await _slots.RunAsync(side.Name, side, shape, cancel);
        }

        other.Gateway.Send(Signal.Stop);
        try
        {
            return await _slots.RunAsync(side.Name, side, shape, cancel);
        }
        finally
        {
            other.Gateway.Send(Signal.Continue);
        }
    }
}
