using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Catalog.Editing;
using Ensemble.Frontend.Runs;
using Ensemble.Models;

namespace Ensemble.Frontend.Admin;

/// <summary>Writes what the admin endpoints answer.</summary>
internal static class AdminJson
{
    /// <param name="readOnlySource">Where the catalog comes from that is not edited here; null = it is.</param>
    public static void Write(Utf8JsonWriter json, EntryPage page, string? readOnlySource)
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteNumber("revision"u8, page.Revision);
        json.WriteStartArray("data"u8);
        foreach (var entry in page.Entries)
        {
            json.WriteStartObject();
            WriteHead(json, entry, entry.Version);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBoolean("has_more"u8, page.HasMore);
        json.WriteString("read_only_source"u8, readOnlySource);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, CatalogEntryView entry)
    {
        json.WriteStartObject();
        WriteEntry(json, entry, entry.Version);
        json.WriteEndObject();
    }

    /// <param name="probes">Null = none was asked for.</param>
    /// <param name="plan">Null = none was asked for, or the entry is no model that chats.</param>
    public static void Write(Utf8JsonWriter json, EditResult result, IReadOnlyList<ProbeReport>? probes, DraftPlan? plan)
    {
        var isWritten = result.Outcome != EditOutcome.Checked;
        json.WriteStartObject();
        WriteEntry(json, result.Entry!, isWritten ? result.Entry!.Version : null);
        json.WriteBoolean("written"u8, isWritten);
        if (result.NewKey is { } key)
        {
            json.WriteString("key"u8, key);
        }

        json.WriteStartArray("warnings"u8);
        WriteIssues(json, result.Warnings);
        json.WriteEndArray();
        if (probes is not null)
        {
            Write(json, probes);
        }

        if (plan is not null)
        {
            json.WritePropertyName("plan"u8);
            new PlanWriter(json, showsNames: true).Write(result.Entry!.Name, plan.Strategy, plan.Plan);
        }

        json.WriteEndObject();
    }

    public static void WriteIssues(Utf8JsonWriter json, IReadOnlyList<CatalogIssue> issues)
    {
        foreach (var issue in issues)
        {
            json.WriteStartObject();
            json.WriteString("path"u8, issue.Path);
            json.WriteString("rule"u8, issue.Rule);
            json.WriteString("value"u8, issue.Value);
            json.WriteString("fix"u8, issue.Fix);
            json.WriteEndObject();
        }
    }

    private static void WriteEntry(Utf8JsonWriter json, CatalogEntryView entry, long? version)
    {
        WriteHead(json, entry, version);
        json.WritePropertyName("entry"u8);
        json.WriteRawValue(entry.Json.Span, skipInputValidation: true);
    }

    private static void WriteHead(Utf8JsonWriter json, CatalogEntryView entry, long? version)
    {
        json.WriteString("name"u8, entry.Name);
        json.WriteString("kind"u8, entry.Kind == CatalogEntryKind.Key ? "key" : entry.IsEnsemble ? "ensemble" : "direct");
        if (version is { } number)
        {
            json.WriteNumber("version"u8, number);
        }
        else
        {
            json.WriteNull("version"u8);
        }

        if (entry.Fingerprint is { } fingerprint)
        {
            json.WriteString("fingerprint"u8, fingerprint);
        }
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<ProbeReport> probes)
    {
        json.WriteStartObject("probe"u8);
        json.WriteBoolean("ok"u8, probes.All(probe => probe.Works));
        json.WriteStartArray("models"u8);
        foreach (var probe in probes)
        {
            json.WriteStartObject();
            json.WriteString("model"u8, probe.Model);
            json.WriteBoolean("ok"u8, probe.Works);
            json.WriteString("outcome"u8, SnakeCase.Of(probe.Outcome));
            Write(json, "reachable", probe.Reachable);
            Write(json, "key_accepted", probe.KeyAccepted);
            json.WriteString("answer"u8, probe.Answer);
            json.WriteStartArray("dropped_parameters"u8);
            foreach (var parameter in probe.DroppedParameters)
            {
                json.WriteStringValue(parameter);
            }

            json.WriteEndArray();
            json.WriteBoolean("reports_usage"u8, probe.ReportsUsage);
            Write(json, "first_token_ms", probe.FirstToken);
            Write(json, "total_ms", probe.Total);
            if (probe.Status is { } status)
            {
                json.WriteNumber("status"u8, status);
            }

            json.WriteString("error"u8, probe.Error);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, bool? value)
    {
        if (value is { } known)
        {
            json.WriteBoolean(name, known);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void Write(Utf8JsonWriter json, string name, TimeSpan? time)
    {
        if (time is { } known)
        {
            json.WriteNumber(name, Math.Round(known.TotalMilliseconds, 3));
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
