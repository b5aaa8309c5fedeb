using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ensemble.Chat;

/// <summary>Writes tools and tool calls as text, for models that cannot or may not call them.</summary>
internal static class ToolCallText
{
    private const string Introduction =
        "These tools exist. You cannot call them here: where one is needed, say which you would call and with which arguments.\n\n";

    private static readonly JsonWriterOptions Relaxed =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <returns>A line a call.</returns>
    public static string Of(IEnumerable<JsonElement> calls) => string.Join('\n', calls.Select(static call =>
    {
        var called = call.Member("function") ?? call.Member("custom");
        var arguments = called?.Member("arguments") ?? called?.Member("input");
        return $"Tool call: {ToolCallJson.NameOf(call) ?? "?"}({arguments?.Text() ?? arguments?.RawText()})";
    }));

    /// <returns>A message's text, with the calls that an assistant made in it.</returns>
    public static string Of(ChatRequest chat, ChatMessage message)
    {
        var text = ChatText.Of(chat, message);
        if (message.Role != ChatRole.Assistant || ToolCallJson.OfMessage(chat.SliceMemory(message.Whole)) is not { Count: > 0 } calls)
        {
            return text;
        }

        return text.Length > 0 ? $"{text}\n{Of(calls)}" : Of(calls);
    }

    /// <summary>
    /// The conversation for a model that takes no tools: their definitions first, calls and their results as text. Everything else stays as
    /// it was sent.
    /// </summary>
    /// <returns>A JSON array of messages.</returns>
    public static ReadOnlyMemory<byte> Conversation(ChatRequest chat)
    {
        var buffer = new ArrayBufferWriter<byte>(chat.Body.Length + 512);
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartArray();
            if (chat.TryGetField("tools", out var tools))
            {
                Write(json, "system", Introduction + System.Text.Encoding.UTF8.GetString(chat.Slice(tools.Value)));
            }

            foreach (var message in chat.Messages)
            {
                Write(json, chat, message);
            }

            json.WriteEndArray();
        }

        return buffer.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, ChatRequest chat, ChatMessage message)
    {
        switch (message.Role)
        {
            case ChatRole.Tool:
                Write(json, "user", $"Result of a tool call:\n{ChatText.Of(chat, message)}");
                break;
            case ChatRole.Assistant when ToolCallJson.OfMessage(chat.SliceMemory(message.Whole)).Count > 0:
                Write(json, "assistant", Of(chat, message));
                break;
            case ChatRole.Developer:
                // A model without tools may not know this role.
                json.WriteRawValue(
                    (byte[])
                    [
                        .. chat.Slice(new ByteRange(message.Whole.Start, message.RoleValue.Start)), .. "\"system\""u8,
                        .. chat.Slice(new ByteRange(message.RoleValue.End, message.Whole.End)),
                    ],
                    skipInputValidation: true);
                break;
            default:
                json.WriteRawValue(chat.Slice(message.Whole), skipInputValidation: true);
                break;
        }
    }

    private static void Write(Utf8JsonWriter json, string role, string text)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, role);
        json.WriteString("content"u8, text);
        json.WriteEndObject();
    }
}
