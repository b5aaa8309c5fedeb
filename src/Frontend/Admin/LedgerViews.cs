using System.Text.Json.Serialization;
using Ensemble.Usage;
using static System.Text.Json.Serialization.JsonIgnoreCondition;

namespace Ensemble.Frontend.Admin;

/// <param name="NextCursor">Null on the last page.</param>
internal sealed record LedgerPage<T>(DateTime From, DateTime To, IEnumerable<T> Data, bool HasMore, string? NextCursor)
{
    [JsonPropertyOrder(-1)] public string Object { get; } = "list";
}

/// <param name="Object">What is summed up.</param>
internal sealed record LedgerGroups<T>(string Object, DateTime From, DateTime To, IEnumerable<string> GroupBy, IEnumerable<T> Data);

internal sealed class SubCallRow(UsageRow row)
{
    public DateTimeOffset StartedAt => row.StartedAt;
    public string Run => row.Run.Value;
    public int Incarnation => row.Incarnation;
    public string Ensemble => row.Ensemble;
    public string? Caller => row.Caller;
    public string Role => row.Role;
    public string Step => row.Step;
    public int Member => row.Member;
    public int Sample => row.Sample;
    public string Model => row.Model;
    public string Outcome => row.Outcome;
    public int Attempts => row.Attempts;
    public TimeSpan? FirstTokenMs => row.FirstToken;
    public TimeSpan TotalMs => row.Total;
    public long? PromptTokens => row.PromptTokens;
    public long? CompletionTokens => row.CompletionTokens;
    public long? CachedTokens => row.CachedTokens;
    public long? CacheWriteTokens => row.CacheWriteTokens;
    public long? ReasoningTokens => row.ReasoningTokens;
    public string Tokens => row.Source;
    public decimal? CostUsd => row.CostUsd;
}

internal sealed class RunRow(RunRecord run)
{
    public DateTimeOffset StartedAt => run.StartedAt;
    public string Run => run.Run.Value;
    public int Incarnation => run.Incarnation;
    public string Ensemble => run.Ensemble;
    public string Strategy => run.Strategy;
    public string? Caller => run.Caller;
    public string Outcome => run.Outcome;
    public TimeSpan TotalMs => run.Total;
    public decimal? Agreement => (decimal?)run.Agreement;
    public IReadOnlyList<string> Degraded => run.Degraded;
    public long PromptTokens => run.Usage.Reported.PromptTokens;
    public long CompletionTokens => run.Usage.Reported.CompletionTokens;
    public long EstimatedPromptTokens => run.Usage.EstimatedPromptTokens;
    public long EstimatedCompletionTokens => run.Usage.EstimatedCompletionTokens;
    public decimal? CostUsd => run.Usage.CostUsd;
}

/// <param name="by">The dimensions whose values the group's keys are.</param>
internal sealed class UsageGroupView(UsageGroup group, IReadOnlyList<UsageDimension> by)
{
    [JsonIgnore(Condition = WhenWritingNull)] public GroupKey? Ensemble => GroupKey.Of(UsageDimension.Ensemble, by, group.Keys);
    [JsonIgnore(Condition = WhenWritingNull)] public GroupKey? Model => GroupKey.Of(UsageDimension.Model, by, group.Keys);
    [JsonIgnore(Condition = WhenWritingNull)] public GroupKey? Role => GroupKey.Of(UsageDimension.Role, by, group.Keys);
    [JsonIgnore(Condition = WhenWritingNull)] public GroupKey? Caller => GroupKey.Of(UsageDimension.Caller, by, group.Keys);
    [JsonIgnore(Condition = WhenWritingNull)] public GroupKey? Outcome => GroupKey.Of(UsageDimension.Outcome, by, group.Keys);
    [JsonIgnore(Condition = WhenWritingNull)] public GroupKey? Hour => GroupKey.Of(UsageDimension.Hour, by, group.Keys);
    [JsonIgnore(Condition = WhenWritingNull)] public GroupKey? Day => GroupKey.Of(UsageDimension.Day, by, group.Keys);
    public long Calls => group.Calls;
    public long Failures => group.Failures;
    public long PromptTokens => group.PromptTokens;
    public long CompletionTokens => group.CompletionTokens;
    public long CachedTokens => group.CachedTokens;
    public long CacheWriteTokens => group.CacheWriteTokens;
    public long ReasoningTokens => group.ReasoningTokens;
    public decimal? CachedShare => (decimal?)group.CachedShare;
    public long EstimatedPromptTokens => group.EstimatedPromptTokens;
    public long EstimatedCompletionTokens => group.EstimatedCompletionTokens;
    public decimal? CostUsd => group.CostUsd;
    public decimal KnownCostUsd => group.KnownCostUsd;
    public long UnpricedCalls => group.UnpricedCalls;
    public TimeSpan AverageMs => group.Average;
    public TimeSpan? P50Ms => group.Median;
    public TimeSpan? P95Ms => group.Percentile95;
}

/// <param name="by">The dimensions whose values the group's keys are.</param>
internal sealed class RunGroupView(RunGroup group, IReadOnlyList<UsageDimension> by)
{
    [JsonIgnore(Condition = WhenWritingNull)] public GroupKey? Ensemble => GroupKey.Of(UsageDimension.Ensemble, by, group.Keys);
    [JsonIgnore(Condition = WhenWritingNull)] public GroupKey? Strategy => GroupKey.Of(UsageDimension.Strategy, by, group.Keys);
    [JsonIgnore(Condition = WhenWritingNull)] public GroupKey? Caller => GroupKey.Of(UsageDimension.Caller, by, group.Keys);
    [JsonIgnore(Condition = WhenWritingNull)] public GroupKey? Outcome => GroupKey.Of(UsageDimension.Outcome, by, group.Keys);
    [JsonIgnore(Condition = WhenWritingNull)] public GroupKey? Hour => GroupKey.Of(UsageDimension.Hour, by, group.Keys);
    [JsonIgnore(Condition = WhenWritingNull)] public GroupKey? Day => GroupKey.Of(UsageDimension.Day, by, group.Keys);
    public long Runs => group.Runs;
    public long Failures => group.Failures;
    public long Degraded => group.Degraded;
    public long PromptTokens => group.PromptTokens;
    public long CompletionTokens => group.CompletionTokens;
    public decimal? CostUsd => group.CostUsd;
    public decimal KnownCostUsd => group.KnownCostUsd;
    public long UnpricedRuns => group.UnpricedRuns;
    public decimal? AverageAgreement => (decimal?)group.Agreement;
    public TimeSpan AverageMs => group.Average;
    public TimeSpan? P50Ms => group.Median;
    public TimeSpan? P95Ms => group.Percentile95;
}

/// <summary>How many notifications a watcher was too slow for.</summary>
internal sealed record DroppedNotifications(long Count);
