using System.Text.Json;
using Ensemble.Frontend.Chat;
using Ensemble.Usage;

namespace Ensemble.Frontend.Runs;

/// <summary>Writes a manifest as JSON. Times are milliseconds.</summary>
/// <param name="showsNames">Whether models, and providers' own words, are named.</param>
internal readonly struct ManifestWriter(Utf8JsonWriter json, bool showsNames)
{
    public void Write(RunManifest manifest)
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "ensemble.run"u8);
        json.WriteNumber("version"u8, manifest.Version);
        json.WriteString("id"u8, manifest.Run.Value);
        if (manifest.ReplayOf is { } source)
        {
            json.WriteString("replay_of"u8, source.Value);
        }

        json.WriteString("ensemble"u8, manifest.Ensemble);
        json.WriteString("strategy"u8, manifest.Strategy);
        json.WriteNumber("incarnation"u8, manifest.Incarnation);
        json.WriteNumber("catalog_revision"u8, manifest.CatalogRevision);
        json.WriteBoolean("streamed"u8, manifest.Streamed);
        json.WriteString("started_at"u8, manifest.StartedAt);
        Milliseconds("total_ms", manifest.Total);
        json.WriteString("outcome"u8, manifest.Outcome);
        json.WriteString("failure"u8, manifest.Failure);
        json.WriteString("finish_reason"u8, manifest.FinishReason);
        Number("agreement", manifest.Agreement);
        json.WriteStartArray("degraded"u8);
        foreach (var reason in manifest.Degraded)
        {
            json.WriteStringValue(reason);
        }

        json.WriteEndArray();
        Write(manifest.Panel);
        Write(manifest.Judge);
        json.WriteStartArray("candidates"u8);
        foreach (var candidate in manifest.Candidates)
        {
            Write(candidate);
        }

        json.WriteEndArray();
        json.WriteStartArray("decisions"u8);
        foreach (var decision in manifest.Decisions)
        {
            Write(decision);
        }

        json.WriteEndArray();
        json.WriteStartObject("saved"u8);
        json.WriteNumber("calls"u8, manifest.Saved.Calls);
        json.WriteNumber("tokens"u8, manifest.Saved.Tokens);
        Number("cost_usd", manifest.Saved.CostUsd);
        json.WriteEndObject();
        json.WriteStartArray("sub_calls"u8);
        foreach (var subCall in manifest.SubCalls)
        {
            Write(subCall);
        }

        json.WriteEndArray();
        UsageJson.Write(json, manifest.Usage);
        Number("cost_usd", manifest.Usage.CostUsd);
        if (manifest.Omitted.Count > 0)
        {
            json.WriteStartArray("omitted"u8);
            foreach (var list in manifest.Omitted)
            {
                json.WriteStringValue(list);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private void Write(PanelManifest? panel)
    {
        if (panel is null)
        {
            json.WriteNull("panel"u8);
            return;
        }

        json.WriteStartObject("panel"u8);
        json.WriteNumber("required"u8, panel.Required);
        json.WriteNumber("usable"u8, panel.Usable);
        Milliseconds("opened_after_ms", panel.OpenedAfter);
        Milliseconds("quorum_after_ms", panel.QuorumAfter);
        Milliseconds("closed_after_ms", panel.ClosedAfter);
        json.WriteString("closed_because"u8, panel.ClosedBecause);
        json.WriteEndObject();
    }

    private void Write(JudgeManifest? judge)
    {
        if (judge is null)
        {
            json.WriteNull("judge"u8);
            return;
        }

        json.WriteStartObject("judge"u8);
        json.WriteString("prompt"u8, judge.PromptVersion);
        json.WriteStartArray("order"u8);
        foreach (var candidate in judge.Order)
        {
            json.WriteStartObject();
            json.WriteString("label"u8, candidate.Label);
            json.WriteNumber("member"u8, candidate.Member);
            json.WriteNumber("sample"u8, candidate.Sample);
            json.WriteBoolean("cut"u8, candidate.Cut);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (judge.SchemaValid is { } valid)
        {
            json.WriteBoolean("schema_valid"u8, valid);
        }

        json.WriteEndObject();
    }

    private void Write(CandidateManifest candidate)
    {
        json.WriteStartObject();
        json.WriteNumber("member"u8, candidate.Member);
        json.WriteNumber("sample"u8, candidate.Sample);
        json.WriteNumber("weight"u8, candidate.Weight);
        json.WriteString("answer_type"u8, candidate.AnswerType);
        if (candidate.Answer is not null)
        {
            json.WriteString("answer"u8, candidate.Answer);
        }

        Number("cluster", candidate.Cluster);
        Number("score", candidate.Score);
        json.WriteEndObject();
    }

    private void Write(DecisionManifest decision)
    {
        json.WriteStartObject();
        json.WriteString("step"u8, decision.Step);
        json.WriteString("verdict"u8, decision.Verdict);
        if (decision.Reason is not null)
        {
            json.WriteString("reason"u8, decision.Reason);
        }

        NumberIfAny("index", decision.Index);
        NumberIfAny("member", decision.Member);
        NumberIfAny("sample", decision.Sample);
        NumberIfAny("value", decision.Value);
        json.WriteEndObject();
    }

    private void Write(SubCallManifest subCall)
    {
        var usage = subCall.Usage;
        json.WriteStartObject();
        json.WriteString("role"u8, SnakeCase.Of(usage.Role));
        json.WriteString("step"u8, SnakeCase.Of(usage.Key.Step));
        json.WriteNumber("member"u8, usage.Key.Member);
        json.WriteNumber("sample"u8, usage.Key.Sample);
        if (showsNames)
        {
            json.WriteString("model"u8, usage.Model);
        }

        json.WriteString("outcome"u8, SnakeCase.Of(usage.Outcome));
        json.WriteNumber("attempts"u8, usage.Attempts);
        json.WriteString("started_at"u8, usage.StartedAt);
        Milliseconds("first_token_ms", usage.FirstToken);
        Milliseconds("total_ms", usage.Total);
        Number("prompt_tokens", usage.PromptTokens);
        Number("completion_tokens", usage.CompletionTokens);
        json.WriteString("tokens"u8, SnakeCase.Of(usage.Source));
        Number("cost_usd", usage.CostUsd);
        json.WriteBoolean("remembered"u8, subCall.IsRemembered);
        if (subCall.Prompt is not null)
        {
            json.WriteString("prompt"u8, subCall.Prompt);
        }

        if (subCall.Seed is { } seed)
        {
            json.WriteNumber("seed"u8, seed);
        }

        json.WriteStartArray("dropped_parameters"u8);
        foreach (var parameter in subCall.DroppedParameters)
        {
            json.WriteStringValue(parameter);
        }

        json.WriteEndArray();
        if (showsNames && subCall.Error is not null)
        {
            json.WriteString("error"u8, subCall.Error);
        }

        json.WriteEndObject();
    }

    private void Milliseconds(string name, TimeSpan? time) =>
        Number(name, time is { } known ? Math.Round(known.TotalMilliseconds, 3) : null);

    private void NumberIfAny(string name, double? value)
    {
        if (value is { } known)
        {
            json.WriteNumber(name, known);
        }
    }

    private void Number(string name, double? value)
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

    private void Number(string name, decimal? value)
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

    private void Number(string name, long? value)
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
