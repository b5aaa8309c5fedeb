using System.Text.Json.Serialization;
using Ensemble.Catalog;
using Ensemble.Frontend.Admin;
using Ensemble.Frontend.Dashboard;
using Ensemble.Frontend.Health;
using Ensemble.Frontend.Models;
using Ensemble.Frontend.Runs;
using Ensemble.Reports;

namespace Ensemble.Frontend.Http;

/// <summary>How the endpoints besides chat write JSON: names in snake_case, and times in milliseconds.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    Converters = [typeof(MillisecondsConverter), typeof(UsageTotalsConverter), typeof(RawJsonConverter), typeof(GroupKeyConverter)])]
[JsonSerializable(typeof(DashboardSession))]
[JsonSerializable(typeof(DroppedNotifications))]
[JsonSerializable(typeof(EntryList))]
[JsonSerializable(typeof(EntryView))]
[JsonSerializable(typeof(FeedbackList))]
[JsonSerializable(typeof(FeedbackSaved))]
[JsonSerializable(typeof(GateList))]
[JsonSerializable(typeof(GatewayView))]
[JsonSerializable(typeof(IReadOnlyList<CatalogIssue>))]
[JsonSerializable(typeof(LedgerGroups<RunGroupView>))]
[JsonSerializable(typeof(LedgerGroups<UsageGroupView>))]
[JsonSerializable(typeof(LedgerPage<RunRow>))]
[JsonSerializable(typeof(LedgerPage<SubCallRow>))]
[JsonSerializable(typeof(Liveness))]
[JsonSerializable(typeof(ManifestView))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(PanelReport))]
[JsonSerializable(typeof(PlanView))]
[JsonSerializable(typeof(Readiness))]
[JsonSerializable(typeof(SiloReadiness))]
internal sealed partial class FrontendJson : JsonSerializerContext;
