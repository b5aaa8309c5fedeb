using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ensemble.Upstreams;

namespace Ensemble.Usage;

/// <summary>Reads the outcomes of stored sub-calls: names of <see cref="CallOutcome"/>, of today or former ones.</summary>
internal sealed class CallOutcomeConverter : JsonConverter<CallOutcome>
{
    private static readonly FrozenDictionary<string, CallOutcome> Known =
        Enum.GetValues<CallOutcome>().ToFrozenDictionary(SnakeCase.Of, StringComparer.Ordinal);

    public override CallOutcome Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var word = OutcomeWords.Calls.Current(JsonNamingPolicy.SnakeCaseLower.ConvertName(reader.Text() ?? ""));
        return Known.TryGetValue(word, out var outcome) ? outcome : throw new JsonException("This is not the outcome of a call.");
    }

    public override void Write(Utf8JsonWriter writer, CallOutcome value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
