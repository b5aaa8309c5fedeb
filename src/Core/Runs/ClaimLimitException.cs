namespace Ensemble.Runs;

/// <summary>As many requests can be repeated as the process keeps in mind: one more could be paid for twice. It passes.</summary>
public sealed class ClaimLimitException() : Exception("As many requests with an Idempotency-Key are kept in mind as may be.");
