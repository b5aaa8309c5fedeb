using System.Text.Json.Serialization;
using Ensemble.Usage;
using static System.Text.Json.Serialization.JsonIgnoreCondition;

namespace Ensemble.Frontend.Runs;

/// <summary>A manifest as callers see it.</summary>
/// <param name="showsNames">Whether models, and providers' own words, are named.</param>
internal sealed class ManifestView(RunManifest manifest, bool showsNames)
{
    public string Object { get; } = "ensemble.run";
    public int Version => manifest.Version;
    public string Id => manifest.Run.Value;
    [JsonIgnore(Condition = WhenWritingNull)] public string? ReplayOf => manifest.ReplayOf?.Value;
    public string Ensemble => manifest.Ensemble;
    public string Strategy => manifest.Strategy;
    public int Incarnation => manifest.Incarnation;
    public long CatalogRevision => manifest.CatalogRevision;
    public bool Streamed => manifest.Streamed;
    public DateTimeOffset StartedAt => manifest.StartedAt;
    public TimeSpan? TotalMs => manifest.Total;
    public string Outcome => manifest.Outcome;
    public string? Failure => manifest.Failure;
    public string? FinishReason => manifest.FinishReason;
    public double? Agreement => manifest.Agreement;
    public IReadOnlyList<string> Degraded => manifest.Degraded;
    public PanelView? Panel => manifest.Panel is { } panel ? new PanelView(panel) : null;
    public JudgeView? Judge => manifest.Judge is { } judge ? new JudgeView(judge) : null;
    public int? DecidingCluster => manifest.DecidingCluster;
    public IEnumerable<CandidateView> Candidates => manifest.Candidates.Select(static candidate => new CandidateView(candidate));
    public IEnumerable<DecisionView> Decisions => manifest.Decisions.Select(static decision => new DecisionView(decision));
    public SavingsManifest Saved => manifest.Saved;
    public IEnumerable<SubCallView> SubCalls => manifest.SubCalls.Select(call => new SubCallView(call, showsNames));
    public UsageTotals Usage => manifest.Usage;
    public decimal? CostUsd => manifest.Usage.CostUsd;
    [JsonIgnore(Condition = WhenWritingNull)] public IReadOnlyList<string>? Omitted => manifest.Omitted is [] ? null : manifest.Omitted;
}

internal sealed class PanelView(PanelManifest panel)
{
    public int Required => panel.Required;
    public int Usable => panel.Usable;
    public TimeSpan? OpenedAfterMs => panel.OpenedAfter;
    public TimeSpan? QuorumAfterMs => panel.QuorumAfter;
    public TimeSpan ClosedAfterMs => panel.ClosedAfter;
    public string ClosedBecause => panel.ClosedBecause;
}

internal sealed class JudgeView(JudgeManifest judge)
{
    public string Prompt => judge.PromptVersion;
    public IReadOnlyList<LabelledCandidate> Order => judge.Order;
    [JsonIgnore(Condition = WhenWritingNull)] public bool? SchemaValid => judge.SchemaValid;
}

internal sealed class CandidateView(CandidateManifest candidate)
{
    public int Member => candidate.Member;
    public int Sample => candidate.Sample;
    public double Weight => candidate.Weight;
    public string? AnswerType => candidate.AnswerType;
    [JsonIgnore(Condition = WhenWritingNull)] public string? Answer => candidate.Answer;
    public int? Cluster => candidate.Cluster;
    public double? Score => candidate.Score;
}

internal sealed class DecisionView(DecisionManifest decision)
{
    public string Step => decision.Step;
    public string Verdict => decision.Verdict;
    [JsonIgnore(Condition = WhenWritingNull)] public string? Reason => decision.Reason;
    [JsonIgnore(Condition = WhenWritingNull)] public int? Index => decision.Index;
    [JsonIgnore(Condition = WhenWritingNull)] public int? Member => decision.Member;
    [JsonIgnore(Condition = WhenWritingNull)] public int? Sample => decision.Sample;
    [JsonIgnore(Condition = WhenWritingNull)] public double? Value => decision.Value;
}

internal sealed class SubCallView(SubCallManifest call, bool showsNames)
{
    public string Role => SnakeCase.Of(call.Usage.Role);
    public string Step => SnakeCase.Of(call.Usage.Key.Step);
    public int Member => call.Usage.Key.Member;
    public int Sample => call.Usage.Key.Sample;
    [JsonIgnore(Condition = WhenWritingNull)] public string? Model => showsNames ? call.Usage.Model : null;
    public string Outcome => SnakeCase.Of(call.Usage.Outcome);
    public int Attempts => call.Usage.Attempts;
    public DateTimeOffset StartedAt => call.Usage.StartedAt;
    public TimeSpan? FirstTokenMs => call.Usage.FirstToken;
    public TimeSpan TotalMs => call.Usage.Total;
    public long? PromptTokens => call.Usage.PromptTokens;
    public long? CompletionTokens => call.Usage.CompletionTokens;
    public long? CachedTokens => call.Usage.CachedTokens;
    public long? CacheWriteTokens => call.Usage.CacheWriteTokens;
    public long? ReasoningTokens => call.Usage.ReasoningTokens;
    public string Tokens => SnakeCase.Of(call.Usage.Source);
    public decimal? CostUsd => call.Usage.CostUsd;
    public bool Remembered => call.IsRemembered;
    [JsonIgnore(Condition = WhenWritingNull)] public string? Prompt => call.Prompt;
    [JsonIgnore(Condition = WhenWritingNull)] public long? Seed => call.Seed;
    public IReadOnlyList<string> DroppedParameters => call.DroppedParameters;
    [JsonIgnore(Condition = WhenWritingNull)] public string? Error => showsNames ? call.Error : null;
}
