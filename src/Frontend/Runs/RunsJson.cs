using System.Text.Json.Serialization;
using Ensemble.Frontend.Http;

namespace Ensemble.Frontend.Runs;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    Converters = [typeof(MillisecondsConverter), typeof(UsageTotalsConverter), typeof(RawJsonConverter)])]
[JsonSerializable(typeof(FeedbackList))]
[JsonSerializable(typeof(FeedbackSaved))]
[JsonSerializable(typeof(ManifestView))]
[JsonSerializable(typeof(PlanView))]
[JsonSerializable(typeof(RunContentView))]
internal sealed partial class RunsJson : JsonSerializerContext;
