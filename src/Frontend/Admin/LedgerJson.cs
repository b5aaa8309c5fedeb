using System.Text.Json;
using Ensemble.Usage;

namespace Ensemble.Frontend.Admin;

/// <summary>Writes what the endpoints to the accounts answer. Times are milliseconds, costs US dollars.</summary>
internal static class LedgerJson
{
    /// <param name="kind">What is summed up.</param>
    /// <param name="write">Writes what a group has besides its keys.</param>
    public static void Write<T>(
        Utf8JsonWriter json,
        string kind,
        (DateTimeOffset From, DateTimeOffset To) range,
        IReadOnlyList<UsageDimension> by,
        IReadOnlyList<T> groups,
        Func<T, IReadOnlyList<string?>> keys,
        Action<Utf8JsonWriter, T> write)
    {
        WriteHead(json, kind, range);
        json.WriteStartArray("group_by"u8);
        foreach (var dimension in by)
        {
            json.WriteStringValue(SnakeCase.Of(dimension));
        }

        json.WriteEndArray();
        json.WriteStartArray("data"u8);
        foreach (var group in groups)
        {
            json.WriteStartObject();
            for (var index = 0; index < by.Count; index++)
            {
                json.WriteString(SnakeCase.Of(by[index]), keys(group)[index]);
            }

            write(json, group);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <param name="next">Null on the last page.</param>
    public static void Write<T>(
        Utf8JsonWriter json, (DateTimeOffset From, DateTimeOffset To) range, IEnumerable<T> rows, Action<Utf8JsonWriter, T> write,
        string? next)
    {
        WriteHead(json, "list", range);
        json.WriteStartArray("data"u8);
        foreach (var row in rows)
        {
            json.WriteStartObject();
            write(json, row);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBoolean("has_more"u8, next is not null);
        json.WriteString("next_cursor"u8, next);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, UsageRow row)
    {
        json.WriteString("started_at"u8, row.StartedAt);
        json.WriteString("run"u8, row.Run.Value);
        json.WriteNumber("incarnation"u8, row.Incarnation);
        json.WriteString("ensemble"u8, row.Ensemble);
        json.WriteString("caller"u8, row.Caller);
        json.WriteString("role"u8, row.Role);
        json.WriteString("step"u8, row.Step);
        json.WriteNumber("member"u8, row.Member);
        json.WriteNumber("sample"u8, row.Sample);
        json.WriteString("model"u8, row.Model);
        json.WriteString("outcome"u8, row.Outcome);
        json.WriteNumber("attempts"u8, row.Attempts);
        Number(json, "first_token_ms", Milliseconds(row.FirstToken));
        Number(json, "total_ms", Milliseconds(row.Total));
        Number(json, "prompt_tokens", row.PromptTokens);
        Number(json, "completion_tokens", row.CompletionTokens);
        json.WriteString("tokens"u8, row.Source);
        Number(json, "cost_usd", row.CostUsd);
    }

    public static void Write(Utf8JsonWriter json, RunRecord run)
    {
        json.WriteString("started_at"u8, run.StartedAt);
        json.WriteString("run"u8, run.Run.Value);
        json.WriteNumber("incarnation"u8, run.Incarnation);
        json.WriteString("ensemble"u8, run.Ensemble);
        json.WriteString("strategy"u8, run.Strategy);
        json.WriteString("caller"u8, run.Caller);
        json.WriteString("outcome"u8, run.Outcome);
        Number(json, "total_ms", Milliseconds(run.Total));
        Number(json, "agreement", (decimal?)run.Agreement);
        json.WriteStartArray("degraded"u8);
        foreach (var reason in run.Degraded)
        {
            json.WriteStringValue(reason);
        }

        json.WriteEndArray();
        json.WriteNumber("prompt_tokens"u8, run.Usage.Reported.PromptTokens);
        json.WriteNumber("completion_tokens"u8, run.Usage.Reported.CompletionTokens);
        json.WriteNumber("estimated_prompt_tokens"u8, run.Usage.EstimatedPromptTokens);
        json.WriteNumber("estimated_completion_tokens"u8, run.Usage.EstimatedCompletionTokens);
        Number(json, "cost_usd", run.Usage.CostUsd);
    }

    public static void Write(Utf8JsonWriter json, UsageGroup group)
    {
        json.WriteNumber("calls"u8, group.Calls);
        json.WriteNumber("failures"u8, group.Failures);
        json.WriteNumber("prompt_tokens"u8, group.PromptTokens);
        json.WriteNumber("completion_tokens"u8, group.CompletionTokens);
        json.WriteNumber("estimated_prompt_tokens"u8, group.EstimatedPromptTokens);
        json.WriteNumber("estimated_completion_tokens"u8, group.EstimatedCompletionTokens);
        Number(json, "cost_usd", group.CostUsd);
        json.WriteNumber("known_cost_usd"u8, group.KnownCostUsd);
        json.WriteNumber("unpriced_calls"u8, group.UnpricedCalls);
        Number(json, "average_ms", Milliseconds(group.Average));
        Number(json, "p50_ms", Milliseconds(group.Median));
        Number(json, "p95_ms", Milliseconds(group.Percentile95));
    }

    public static void Write(Utf8JsonWriter json, RunGroup group)
    {
        json.WriteNumber("runs"u8, group.Runs);
        json.WriteNumber("failures"u8, group.Failures);
        json.WriteNumber("degraded"u8, group.Degraded);
        json.WriteNumber("prompt_tokens"u8, group.PromptTokens);
        json.WriteNumber("completion_tokens"u8, group.CompletionTokens);
        Number(json, "cost_usd", group.CostUsd);
        json.WriteNumber("known_cost_usd"u8, group.KnownCostUsd);
        json.WriteNumber("unpriced_runs"u8, group.UnpricedRuns);
        Number(json, "average_agreement", (decimal?)group.Agreement);
        Number(json, "average_ms", Milliseconds(group.Average));
        Number(json, "p50_ms", Milliseconds(group.Median));
        Number(json, "p95_ms", Milliseconds(group.Percentile95));
    }

    private static void WriteHead(Utf8JsonWriter json, string kind, (DateTimeOffset From, DateTimeOffset To) range)
    {
        json.WriteStartObject();
        json.WriteString("object"u8, kind);
        json.WriteString("from"u8, range.From.UtcDateTime);
        json.WriteString("to"u8, range.To.UtcDateTime);
    }

    private static decimal? Milliseconds(TimeSpan? time) => time is { } known ? (decimal)Math.Round(known.TotalMilliseconds, 3) : null;

    private static void Number(Utf8JsonWriter json, string name, decimal? value)
    {
        if (value is { } known)
        {
            json.WriteNumber(name, known);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
