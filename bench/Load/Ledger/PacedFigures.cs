namespace Ensemble.Load.Ledger;

/// <summary>What became of events that were produced at a steady pace.</summary>
/// <param name="Database">Where they were written.</param>
/// <param name="Rate">Sub-calls a second that were wanted.</param>
/// <param name="SubCalls">That were handed over.</param>
/// <param name="Runs">That were handed over, besides.</param>
/// <param name="Producing">From the first to the last.</param>
/// <param name="LongestLag">How far the producer was behind its own pace at most.</param>
/// <param name="Draining">From the last one until nothing waited any more.</param>
/// <param name="PeakQueue">What waited at most, in bytes.</param>
/// <param name="Dropped">What the ledger says it lost.</param>
/// <param name="StoredSubCalls">Counted in the database.</param>
/// <param name="StoredRuns">Counted in the database.</param>
/// <param name="Processor">Processor time of the producer and the ledger until all was written, with SQLite's.</param>
/// <param name="Server">Processor time of the database server until then; zero where there is none.</param>
internal sealed record PacedFigures(
    string Database,
    int Rate,
    long SubCalls,
    long Runs,
    TimeSpan Producing,
    TimeSpan LongestLag,
    TimeSpan Draining,
    long PeakQueue,
    long Dropped,
    long StoredSubCalls,
    long StoredRuns,
    TimeSpan Processor,
    TimeSpan Server)
{
    /// <summary>Whether what was handed over is what is stored, to the row.</summary>
    public bool IsWhole => Dropped == 0 && StoredSubCalls == SubCalls && StoredRuns == Runs;

    public double PerSecond => SubCalls / Producing.TotalSeconds;
}
