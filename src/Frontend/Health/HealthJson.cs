using System.Text.Json.Serialization;

namespace Ensemble.Frontend.Health;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(Liveness))]
[JsonSerializable(typeof(Readiness))]
[JsonSerializable(typeof(SiloReadiness))]
internal sealed partial class HealthJson : JsonSerializerContext;
