using System.Buffers;
using System.Text.Json;

namespace Ensemble.Chat;

/// <summary>
/// Gives messages of an assistant that say nothing the form that providers take: empty text where there is none and no call, and no list of
/// calls that is empty. Everything else of them stays as it was sent.
/// </summary>
internal static class AssistantMessage
{
    /// <param name="messages">Where they stand in the body, in order.</param>
    public static ReadOnlyMemory<byte> Complete(ReadOnlyMemory<byte> body, IReadOnlyList<ByteRange> messages)
    {
        var output = new ArrayBufferWriter<byte>(body.Length + (messages.Count * 16));
        var from = 0;
        foreach (var message in messages)
        {
            output.Write(body.Span[from..message.Start]);
            Write(output, body.Span[message.Start..message.End]);
            from = message.End;
        }

        output.Write(body.Span[from..]);
        return output.WrittenMemory;
    }

    private static void Write(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> message)
    {
        output.Write("{\"role\":\"assistant\""u8);
        var (hasContent, isAnswer) = (false, false);
        var reader = new Utf8JsonReader(message, new JsonReaderOptions { MaxDepth = int.MaxValue });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            var isContent = reader.TextIs("content"u8);
            var isCalls = reader.TextIs("tool_calls"u8);
            var isRole = reader.TextIs("role"u8);
            var isOther = reader.TextIs("function_call"u8) || reader.TextIs("audio"u8);
            reader.Read();
            var value = (int)reader.TokenStartIndex;
            reader.Skip();
            var end = (int)reader.BytesConsumed;
            if (isRole || ((isContent || isCalls) && IsEmpty(message[value..end], isText: isContent)))
            {
                continue;
            }

            hasContent |= isContent;
            isAnswer |= isCalls || (isOther && message[value] == (byte)'{');
            output.Write(","u8);
            output.Write(message[start..end]);
        }

        output.Write(hasContent ? "}"u8 : isAnswer ? ",\"content\":null}"u8 : ",\"content\":\"\"}"u8);
    }

    // Members of a message, not options: text is null or no parts, and calls that are no array are no calls.
    private static bool IsEmpty(ReadOnlySpan<byte> value, bool isText) =>
        NeutralValue.IsEmptyArray(value) || (value[0] != (byte)'[' && (!isText || value[0] == (byte)'n'));
}
