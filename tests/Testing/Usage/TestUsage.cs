using Ensemble.Chat;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Testing;

/// <summary>Accounts as runs leave them.</summary>
public static class TestUsage
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A panel member's call that was answered: 7 tokens asked, 11 answered, reported.</summary>
    public static UsageEvent SubCall(RunId run, int member = 0, CallOutcome outcome = CallOutcome.Ok) => new()
    {
        Run = run,
        Incarnation = 1,
        Ensemble = "council",
        Caller = "anna",
        Role = SubCallRole.Panel,
        Key = new SubCallKey(SubCallStep.Candidate, member, 0),
        Model = "quokka",
        Outcome = outcome,
        Attempts = 1,
        StartedAt = Start,
        FirstToken = TimeSpan.FromMilliseconds(250),
        Total = TimeSpan.FromMilliseconds(1500),
        PromptTokens = 7,
        CompletionTokens = 11,
        Source = UsageSource.Reported,
        CostUsd = 0.000_000_123m,
    };

    /// <summary>What a gate says of a call whose end nobody reported.</summary>
    public static UsageEvent Lost(RunId run, int member = 0) => SubCall(run, member, CallOutcome.Lost) with
    {
        Caller = null,
        FirstToken = null,
        Total = TimeSpan.FromSeconds(30),
        PromptTokens = null,
        CompletionTokens = null,
        Source = UsageSource.None,
        CostUsd = null,
    };

    /// <summary>A run that was answered from these sub-calls.</summary>
    public static RunManifest Ended(RunId run, params UsageEvent[] subCalls) => new()
    {
        Run = run,
        Caller = "anna",
        Incarnation = 1,
        Ensemble = "council",
        Strategy = "synthesize",
        CatalogRevision = 1,
        Streamed = false,
        StartedAt = Start,
        Total = TimeSpan.FromMilliseconds(2500),
        Outcome = "completed",
        FinishReason = "stop",
        Agreement = 0.5,
        Degraded = [],
        SubCalls = [.. subCalls.Select(usage => new SubCallManifest(usage))],
        Usage = new UsageTotals
        {
            Reported = new TokenUsage(subCalls.Sum(usage => usage.PromptTokens ?? 0), subCalls.Sum(usage => usage.CompletionTokens ?? 0)),
            EstimatedPromptTokens = 3,
            EstimatedCompletionTokens = 4,
            CostUsd = subCalls.Aggregate((decimal?)0, (sum, usage) => sum + usage.CostUsd),
        },
    };
}
