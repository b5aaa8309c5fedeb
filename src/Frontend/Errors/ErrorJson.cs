using System.Text.Json.Serialization;
using Ensemble.Catalog;

namespace Ensemble.Frontend.Errors;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(IReadOnlyList<CatalogIssue>))]
internal sealed partial class ErrorJson : JsonSerializerContext;
