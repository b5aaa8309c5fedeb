using System.Text.Json.Serialization;

namespace Ensemble.Frontend.OpenApi;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(GatewayView))]
internal sealed partial class OpenApiJson : JsonSerializerContext;
