using System.Buffers;
using System.Text.Json;

namespace Ensemble.Upstreams;

/// <summary>
/// Turns the choices of a whole answer into those of a chunk, for a server that does not stream where it should, and gives
/// a delta to those of a chunk that have none.
/// </summary>
internal static class ChoicesAsDelta
{
    /// <param name="choices">A JSON array, or null for none.</param>
    public static byte[] Convert(byte[]? choices)
    {
        using var document = JsonSanitizer.Parse(choices ?? "[]"u8.ToArray());
        var buffer = new ArrayBufferWriter<byte>(choices?.Length + 64 ?? 64);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var choice in document.RootElement.EnumerateArray())
            {
                WriteChoice(writer, choice);
            }

            writer.WriteEndArray();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteChoice(Utf8JsonWriter writer, JsonElement choice)
    {
        writer.WriteStartObject();
        var hasDelta = false;
        foreach (var property in choice.EnumerateObject())
        {
            if (property.NameIs("message") && property.Value.ValueKind == JsonValueKind.Object)
            {
                WriteDelta(writer, property.Value);
                hasDelta = true;
            }
            else if (!property.NameIs("delta") || property.Value.ValueKind == JsonValueKind.Object)
            {
                property.WriteTo(writer);
                hasDelta |= property.NameIs("delta");
            }
        }

        if (!hasDelta)
        {
            writer.WriteStartObject("delta"u8);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteDelta(Utf8JsonWriter writer, JsonElement message)
    {
        writer.WriteStartObject("delta"u8);
        foreach (var property in message.EnumerateObject())
        {
            if (property.NameIs("tool_calls") && property.Value.ValueKind == JsonValueKind.Array)
            {
                WriteToolCalls(writer, property.Value);
            }
            else
            {
                property.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
    }

    // In a chunk each call has its index, by which clients put the pieces together.
    private static void WriteToolCalls(Utf8JsonWriter writer, JsonElement calls)
    {
        writer.WriteStartArray("tool_calls"u8);
        var index = 0;
        foreach (var call in calls.EnumerateArray())
        {
            writer.WriteStartObject();
            writer.WriteNumber("index"u8, index++);
            foreach (var property in call.EnumerateObject().Where(property => !property.NameIs("index")))
            {
                property.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
