using System.Text.Json.Serialization;

namespace Ensemble.Frontend.Models;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ModelList))]
internal sealed partial class ModelsJson : JsonSerializerContext;
