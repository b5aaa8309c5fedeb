using System.Text.Json.Serialization;

namespace Ensemble.Frontend.Dashboard;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(DashboardSession))]
internal sealed partial class DashboardJson : JsonSerializerContext;
