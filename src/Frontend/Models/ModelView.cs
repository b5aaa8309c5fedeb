using System.Text.Json.Serialization;

namespace Ensemble.Frontend.Models;

internal sealed record ModelList(IEnumerable<ModelView> Data)
{
    [JsonPropertyOrder(-1)] public string Object { get; } = "list";
}

/// <summary>A model, or an ensemble, in OpenAI's shape.</summary>
/// <param name="Created">In Unix seconds.</param>
internal sealed record ModelView(string Id, string Object, long Created, string OwnedBy);
