using System.Text.Json.Serialization;
using Ensemble.Execution;
using static System.Text.Json.Serialization.JsonIgnoreCondition;

namespace Ensemble.Frontend.Runs;

/// <summary>What a request would lead to.</summary>
/// <param name="alias">What the caller named.</param>
/// <param name="strategy">As a manifest has it.</param>
/// <param name="showsNames">Whether models are named.</param>
internal sealed class PlanView(string alias, string strategy, RunPlan plan, bool showsNames)
{
    public string Object { get; } = "ensemble.plan";
    public string Ensemble => alias;
    public string Strategy => strategy;
    public IEnumerable<PlannedCallView> Calls => plan.Calls.Select(call => new PlannedCallView(call, showsNames));
    public PlanSum Sure => new(plan.Calls.Count(static call => call.IsCertain), plan.MinimumTokens, plan.MinimumCostUsd);
    public PlanSum AtMost => new(plan.Calls.Count, plan.MaxTokens, plan.MaxCostUsd);
}

internal sealed class PlannedCallView(PlannedCall call, bool showsNames)
{
    public string Role => SnakeCase.Of(call.Role);
    public string Step => SnakeCase.Of(call.Step);
    [JsonIgnore(Condition = WhenWritingNull)] public string? Model => showsNames ? call.Model : null;
    public bool Sure => call.IsCertain;
    public long PromptTokens => call.PromptTokens;
    public long CompletionTokens => call.CompletionTokens;
    public decimal? CostUsd => call.CostUsd;
}

internal sealed record PlanSum(int Calls, long Tokens, decimal? CostUsd);
