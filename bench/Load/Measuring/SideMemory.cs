namespace Ensemble.Load.Measuring;

/// <summary>Memory of one side, a figure for each start.</summary>
internal sealed record SideMemory(string Side, IReadOnlyList<MemoryFigure> Starts)
{
    public double PerRun => Statistics.Median(Starts.Select(figure => figure.PerRun));
}
