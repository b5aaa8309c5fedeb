namespace Ensemble.Frontend.Http;

/// <summary>Headers beyond the standard ones.</summary>
internal static class HeaderNames
{
    public const string RequestId = "x-request-id";
    public const string RunId = "x-ensemble-run-id";
    public const string Agreement = "x-ensemble-agreement";
    public const string CostUsd = "x-ensemble-cost-usd";
    public const string Degraded = "x-ensemble-degraded";
    public const string Manifest = "x-ensemble-manifest";
    public const string IdempotencyKey = "idempotency-key";
    public const string IdempotentReplayed = "idempotent-replayed";
    public const string RetryCount = "x-stainless-retry-count";
    public const string ShouldRetry = "x-should-retry";
}
