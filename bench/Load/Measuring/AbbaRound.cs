namespace Ensemble.Load.Measuring;

/// <summary>Baseline, product, product, baseline: a drift of the machine weighs on both sides alike.</summary>
internal sealed record AbbaRound(SlotFigures First, SlotFigures Second, SlotFigures Third, SlotFigures Fourth)
{
    public IEnumerable<SlotFigures> All => [First, Second, Third, Fourth];

    public double Baseline(Func<SlotFigures, double> figure) => (figure(First) + figure(Fourth)) / 2;

    public double Product(Func<SlotFigures, double> figure) => (figure(Second) + figure(Third)) / 2;
}
