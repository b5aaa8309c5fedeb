using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ensemble.Frontend.Http;

/// <summary>JSON that is passed on as it is.</summary>
internal sealed record RawJson(ReadOnlyMemory<byte> Text);

internal sealed class RawJsonConverter : JsonConverter<RawJson>
{
    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Text.Span, skipInputValidation: true);
}
