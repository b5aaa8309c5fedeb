namespace Ensemble.Usage;

/// <summary>Accounts that are written together.</summary>
public sealed record UsageBatch(IReadOnlyList<UsageEvent> SubCalls, IReadOnlyList<RunRecord> Runs);
