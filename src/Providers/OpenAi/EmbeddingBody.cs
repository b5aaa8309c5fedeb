using System.Buffers;
using System.Text;
using System.Text.Json;
using Ensemble.Chat;

namespace Ensemble.Providers.OpenAi;

/// <summary>Writes a request for vectors, adapted by the model's <c>params</c>.</summary>
internal static class EmbeddingBody
{
    private const string Format = "encoding_format";

    public static RequestBody Write(IReadOnlyList<string> inputs, ModelProfile profile)
    {
        var parameters = profile.Params;
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("model"u8);
            writer.WriteRawValue(profile.ModelJson.Span);
            writer.WriteStartArray("input"u8);
            foreach (var input in inputs)
            {
                // By way of its bytes, since half of a surrogate pair is no text for the writer.
                writer.WriteStringValue(Encoding.UTF8.GetBytes(input));
            }

            writer.WriteEndArray();
            if (!parameters.Drop.Contains(Format) && !parameters.Set.ContainsKey(Format))
            {
                writer.WriteString(parameters.Rename.GetValueOrDefault(Format, Format), "float"u8);
            }

            foreach (var (name, value) in parameters.Set.Where(field => field.Key != "input"))
            {
                writer.WritePropertyName(name);
                writer.WriteRawValue(value.Span);
            }

            writer.WriteEndObject();
        }

        return new RequestBody([buffer.WrittenMemory]);
    }
}
