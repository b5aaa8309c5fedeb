using System.Buffers;
using System.Text;
using System.Text.Json;
using Ensemble.Chat;

namespace Ensemble.Providers.Anthropic;

/// <summary>Tool calls and their results of earlier turns.</summary>
internal static class ToolBlocks
{
    // What a tool-call id may hold; OpenAI allows more.
    private static readonly SearchValues<char> IdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <exception cref="ChatRequestException">Not a call of a function.</exception>
    public static ContentBlock Use(JsonElement call, string? callsOf, string path)
    {
        if (!call.IsPresent("function", out var function) || function.Text("name") is not { } name)
        {
            throw new ChatRequestException($"'{path}' does not call a function, and this model takes no other calls.", path);
        }

        var start = $$"""{"type":"tool_use","id":{{Quote(Id(call.Text("id"), callsOf))}},"name":{{Quote(name)}},"input":""";
        return ContentBlock.Of([Encoding.UTF8.GetBytes(start), Input(function)]);
    }

    /// <returns>A result's object up to the name of its call.</returns>
    public static ReadOnlyMemory<byte> ResultStart(JsonElement message, string? callsOf) =>
        Encoding.UTF8.GetBytes($$"""{"type":"tool_result","tool_use_id":{{Quote(Id(message.Text("tool_call_id"), callsOf))}}""");

    private static string Id(string? id, string? callsOf)
    {
        id = id is not null && callsOf is not null ? ToolCallId.For(id, callsOf, out _) ?? id : id;
        if (string.IsNullOrEmpty(id))
        {
            return "_";
        }

        return id.AsSpan().ContainsAnyExcept(IdCharacters)
            ? string.Concat(id.Select(letter => IdCharacters.Contains(letter) ? letter : '_'))
            : id;
    }

    /// <summary>Arguments are text in one API and an object in the other; what is no object is sent as a field of one.</summary>
    private static byte[] Input(JsonElement function)
    {
        if (!function.IsPresent("arguments", out var arguments))
        {
            return "{}"u8.ToArray();
        }

        var text = arguments.Text() ?? arguments.RawText();
        if (string.IsNullOrWhiteSpace(text))
        {
            return "{}"u8.ToArray();
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        try
        {
            using var document = JsonSanitizer.Parse(bytes);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return bytes;
            }
        }
        catch (JsonException)
        {
            // What a model once got wrong must not end the conversation.
        }

        return Encoding.UTF8.GetBytes($$"""{"arguments":{{Quote(text)}}}""");
    }

    private static string Quote(string text) => JsonSerializer.Serialize(text, ChatJson.Default.String);
}
