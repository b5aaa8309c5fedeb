using System.Text.Json;
using System.Text.Json.Serialization;
using Ensemble.Usage;

namespace Ensemble.Frontend.Runs;

/// <summary>Writes tokens in OpenAI's shape, as answers have them.</summary>
internal sealed class UsageTotalsConverter : JsonConverter<UsageTotals>
{
    public override UsageTotals Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, UsageTotals value, JsonSerializerOptions options) => UsageJson.Write(writer, value);
}
