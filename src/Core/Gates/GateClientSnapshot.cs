namespace Ensemble.Gates;

/// <summary>A process with what it was granted, for the gate's next keeper. Times are the keeper's, in milliseconds since 1970.</summary>
/// <param name="Newest">The number of its newest report.</param>
/// <param name="Seen">Bit n: the report before the newest by n has been seen.</param>
/// <param name="Leases">Its calls in flight, each with the moment to which it is counted.</param>
internal sealed record GateClientSnapshot(
    Guid Agent,
    long Newest,
    ulong Seen,
    long ExpiresAt,
    long PassUntil,
    long Allowance,
    long AllowanceUntil,
    long EndedAllowance,
    long EndedAt,
    GateUnits Outstanding,
    long Slots,
    IReadOnlyList<(Guid Lease, long CountedAt)> Leases);
