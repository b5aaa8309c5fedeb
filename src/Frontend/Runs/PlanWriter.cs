using System.Text.Json;
using Ensemble.Execution;

namespace Ensemble.Frontend.Runs;

/// <summary>Writes as JSON what a request would lead to.</summary>
/// <param name="showsNames">Whether models are named.</param>
internal readonly struct PlanWriter(Utf8JsonWriter json, bool showsNames)
{
    /// <param name="alias">What the caller named.</param>
    /// <param name="strategy">As a manifest has it.</param>
    public void Write(string alias, string strategy, RunPlan plan)
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "ensemble.plan"u8);
        json.WriteString("ensemble"u8, alias);
        json.WriteString("strategy"u8, strategy);
        json.WriteStartArray("calls"u8);
        foreach (var call in plan.Calls)
        {
            Write(call);
        }

        json.WriteEndArray();
        Write("sure", plan.Calls.Count(static call => call.IsCertain), plan.MinimumTokens, plan.MinimumCostUsd);
        Write("at_most", plan.Calls.Count, plan.MaxTokens, plan.MaxCostUsd);
        json.WriteEndObject();
    }

    private void Write(PlannedCall call)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, SnakeCase.Of(call.Role));
        json.WriteString("step"u8, SnakeCase.Of(call.Step));
        if (showsNames)
        {
            json.WriteString("model"u8, call.Model);
        }

        json.WriteBoolean("sure"u8, call.IsCertain);
        json.WriteNumber("prompt_tokens"u8, call.PromptTokens);
        json.WriteNumber("completion_tokens"u8, call.CompletionTokens);
        Cost(call.CostUsd);
        json.WriteEndObject();
    }

    private void Write(string name, int calls, long tokens, decimal? cost)
    {
        json.WriteStartObject(name);
        json.WriteNumber("calls"u8, calls);
        json.WriteNumber("tokens"u8, tokens);
        Cost(cost);
        json.WriteEndObject();
    }

    private void Cost(decimal? cost)
    {
        if (cost is { } known)
        {
            json.WriteNumber("cost_usd"u8, known);
        }
        else
        {
            json.WriteNull("cost_usd"u8);
        }
    }
}
