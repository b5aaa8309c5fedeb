using Ensemble.Usage;

namespace Ensemble.Frontend.Health;

internal sealed record Liveness(string Status);

internal sealed record Readiness(string Status, CatalogState Catalog, RunsState Runs, DatabaseState Database, LedgerState Ledger);

internal sealed record SiloReadiness(string Status, string Membership, int RunsInFlight, LedgerState Ledger);

internal sealed record CatalogState(long Revision, string? Problem);

internal sealed record RunsState(int InFlight, int Max);

internal sealed record DatabaseState(string? Problem);

/// <summary>How much waits to be written to the accounts, and how much is lost to them.</summary>
internal sealed record LedgerState(long QueuedBytes, long CapacityBytes, long Dropped, long Unconfirmed)
{
    public static LedgerState Of(UsageLedger ledger) =>
        new(ledger.QueuedBytes, ledger.Capacity, ledger.Dropped, ledger.Unconfirmed);
}
