using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;

namespace Ensemble.Chat;

/// <summary>Reads tools, and calls of them, from JSON that others wrote.</summary>
internal static class ToolCallJson
{
    /// <param name="choices">A JSON array of whole choices.</param>
    /// <returns>The calls of the first choice; none where they are not there in that shape.</returns>
    public static IReadOnlyList<JsonElement> Read(ReadOnlyMemory<byte> choices) =>
        [.. (Parse(choices).Items().FirstOrDefault().Member("message")?.Member("tool_calls") ?? default).Items()];

    /// <param name="message">A message of a request, as JSON.</param>
    /// <returns>The calls that it makes.</returns>
    public static IReadOnlyList<JsonElement> OfMessage(ReadOnlyMemory<byte> message) =>
        message.Span.IndexOf("tool_calls"u8) < 0 ? [] : [.. (Parse(message).Member("tool_calls") ?? default).Items()];

    /// <returns>The name of the tool that is called, or that is offered; null where there is none.</returns>
    public static string? NameOf(JsonElement tool) =>
        (tool.Member("function")?.Member("name") ?? tool.Member("custom")?.Member("name"))?.Text();

    /// <returns>The names of all offered tools; empty where one has no name.</returns>
    public static FrozenSet<string> Names(ReadOnlyMemory<byte> tools)
    {
        string?[] names = [.. Parse(tools).Items().Select(NameOf)];
        return names.Contains(null) ? [] : names.OfType<string>().ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>Whether the member of a call at which the reader stands is one that every provider knows.</summary>
    public static bool IsKnown(in Utf8JsonReader reader) =>
        reader.TextIs("id"u8) || reader.TextIs("type"u8) || reader.TextIs("function"u8) || reader.TextIs("custom"u8)
        || reader.TextIs("index"u8);

    /// <summary>A call without what only the provider that made it knows.</summary>
    /// <param name="call">A JSON object.</param>
    /// <param name="id">The id to write.</param>
    public static byte[] Plain(ReadOnlySpan<byte> call, ReadOnlySpan<byte> id)
    {
        var output = new ArrayBufferWriter<byte>(call.Length);
        output.Write("{\"id\":"u8);
        output.Write(id);
        var reader = new Utf8JsonReader(call, new JsonReaderOptions { MaxDepth = int.MaxValue });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            var isKept = IsKnown(reader) && !reader.TextIs("id"u8);
            reader.Read();
            reader.Skip();
            if (isKept)
            {
                output.Write(","u8);
                output.Write(call[start..(int)reader.BytesConsumed]);
            }
        }

        output.Write("}"u8);
        return output.WrittenSpan.ToArray();
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonSanitizer.TryParse(json);
        return document?.RootElement.Clone() ?? default;
    }
}
