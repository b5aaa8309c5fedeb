namespace Ensemble.Load.Measuring;

/// <summary>Private memory in KiB before and during the burst.</summary>
internal sealed record MemoryFigure(long Idle, long Peak)
{
    public double PerRun => (Peak - Idle) / (double)MemoryMeter.Runs;
}
