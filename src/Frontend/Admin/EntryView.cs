using System.Text.Json.Serialization;
using Ensemble.Catalog;
using Ensemble.Catalog.Editing;
using Ensemble.Frontend.Http;
using Ensemble.Frontend.Runs;
using Ensemble.Models;
using static System.Text.Json.Serialization.JsonIgnoreCondition;

namespace Ensemble.Frontend.Admin;

/// <param name="ReadOnlySource">Where the catalog comes from that is not edited here; null = it is.</param>
internal sealed record EntryList(long Revision, IEnumerable<EntryView> Data, bool HasMore, string? ReadOnlySource)
{
    [JsonPropertyOrder(-1)] public string Object { get; } = "list";
}

/// <summary>An entry of the catalog; what else was asked for is null, and left out, where it was not.</summary>
/// <param name="version">Null = the entry is not written.</param>
internal sealed class EntryView(CatalogEntryView entry, long? version)
{
    public string Name => entry.Name;
    public string Kind => entry.Kind == CatalogEntryKind.Key ? "key" : entry.IsEnsemble ? "ensemble" : "direct";
    public long? Version => version;
    [JsonIgnore(Condition = WhenWritingNull)] public string? Fingerprint => entry.Fingerprint;
    [JsonIgnore(Condition = WhenWritingNull)] public RawJson? Entry { get; private init; }
    [JsonIgnore(Condition = WhenWritingNull)] public bool? Written { get; private init; }
    [JsonIgnore(Condition = WhenWritingNull)] public string? Key { get; private init; }
    [JsonIgnore(Condition = WhenWritingNull)] public IReadOnlyList<CatalogIssue>? Warnings { get; private init; }
    [JsonIgnore(Condition = WhenWritingNull)] public ProbeView? Probe { get; private init; }
    [JsonIgnore(Condition = WhenWritingNull)] public PlanView? Plan { get; private init; }

    public static EntryView Whole(CatalogEntryView entry) => new(entry, entry.Version) { Entry = new RawJson(entry.Json) };

    /// <param name="probes">Null = none was asked for.</param>
    /// <param name="plan">Null = none was asked for, or the entry is no model that chats.</param>
    public static EntryView Of(EditResult result, IReadOnlyList<ProbeReport>? probes, DraftPlan? plan)
    {
        var (entry, isWritten) = (result.Entry!, result.Outcome != EditOutcome.Checked);
        return new EntryView(entry, isWritten ? entry.Version : null)
        {
            Entry = new RawJson(entry.Json),
            Written = isWritten,
            Key = result.NewKey,
            Warnings = result.Warnings,
            Probe = probes is null ? null : new ProbeView(probes),
            Plan = plan is null ? null : new PlanView(entry.Name, plan.Strategy, plan.Plan, showsNames: true),
        };
    }
}

internal sealed class ProbeView(IReadOnlyList<ProbeReport> probes)
{
    public bool Ok => probes.All(static probe => probe.Works);
    public IEnumerable<ProbedModel> Models => probes.Select(static probe => new ProbedModel(probe));
}

internal sealed class ProbedModel(ProbeReport probe)
{
    public string Model => probe.Model;
    public bool Ok => probe.Works;
    public string Outcome => SnakeCase.Of(probe.Outcome);
    public bool? Reachable => probe.Reachable;
    public bool? KeyAccepted => probe.KeyAccepted;
    public string? Answer => probe.Answer;
    public IReadOnlyList<string> DroppedParameters => probe.DroppedParameters;
    public bool ReportsUsage => probe.ReportsUsage;
    public TimeSpan? FirstTokenMs => probe.FirstToken;
    public TimeSpan TotalMs => probe.Total;
    [JsonIgnore(Condition = WhenWritingNull)] public int? Status => probe.Status;
    public string? Error => probe.Error;
}
