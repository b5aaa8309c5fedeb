using System.Text.Json.Serialization;
using Ensemble.Frontend.Http;
using Ensemble.Reports;

namespace Ensemble.Frontend.Admin;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    Converters = [typeof(MillisecondsConverter), typeof(RawJsonConverter), typeof(GroupKeyConverter)])]
[JsonSerializable(typeof(DroppedNotifications))]
[JsonSerializable(typeof(EntryList))]
[JsonSerializable(typeof(EntryView))]
[JsonSerializable(typeof(GateList))]
[JsonSerializable(typeof(LedgerGroups<RunGroupView>))]
[JsonSerializable(typeof(LedgerGroups<UsageGroupView>))]
[JsonSerializable(typeof(LedgerPage<RunRow>))]
[JsonSerializable(typeof(LedgerPage<SubCallRow>))]
[JsonSerializable(typeof(PanelReport))]
internal sealed partial class AdminJson : JsonSerializerContext;
