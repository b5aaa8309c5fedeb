using System.Text.Json;
using Ensemble.Chat;

namespace Ensemble.Providers.Anthropic;

/// <summary>Turns OpenAI's messages into blocks of the Messages API.</summary>
/// <param name="source">The bytes from which the messages were parsed.</param>
/// <param name="callsOf">The alias of the model that is asked.</param>
/// <param name="developerIsUser">Whether developer messages go as the user's; otherwise they are system text.</param>
internal sealed class MessageTranslation(MessagesWriter output, ReadOnlyMemory<byte> source, string? callsOf, bool developerIsUser)
{
    private static readonly ReadOnlyMemory<byte> ContentStart = ""","content":["""u8.ToArray();
    private static readonly ReadOnlyMemory<byte> ContentEnd = "]"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> Comma = ","u8.ToArray();

    /// <summary>All that is to be sent: the caller's messages or those that replace them, and the one that follows.</summary>
    /// <param name="marksCache">Whether the end of the caller's messages is marked for the provider's cache.</param>
    /// <param name="instruction">System text that follows the caller's, as a JSON string; empty = none.</param>
    /// <exception cref="ChatRequestException">A part of a message has no counterpart, or there is nothing to send.</exception>
    public static MessagesWriter Gather(ChatRequest chat, RequestEdits edits, bool marksCache, ReadOnlyMemory<byte> instruction)
    {
        var output = new MessagesWriter();
        var first = 0;
        if (edits.Messages is { } replaced)
        {
            Add(output, edits, replaced, 0, int.MaxValue);
            first = edits.ReplacedMessages ?? chat.Messages.Count;
        }

        chat.TryGetField("messages", out var field);
        var messages = chat.SliceMemory(field.Value);
        var last = edits.AppendedMessage is null ? int.MaxValue : edits.AppendedAfter ?? int.MaxValue;
        if (first < chat.Messages.Count)
        {
            Add(output, edits, messages, first, last);
        }

        // A message that stays where it stood while tools are called comes again with the next turn; one at the end does not.
        var comesAgain = edits.AppendedMessage is null || last < chat.Messages.Count - 1;
        if (marksCache && !comesAgain)
        {
            output.MarkCache();
        }

        if (edits.AppendedMessage is { } appended)
        {
            Add(output, edits, (byte[])[(byte)'[', .. appended.Span, (byte)']'], 0, int.MaxValue);
            if (last < chat.Messages.Count - 1)
            {
                Add(output, edits, messages, Math.Max(first, last + 1), int.MaxValue);
            }
        }

        if (marksCache && comesAgain)
        {
            output.MarkCache();
        }

        if (!instruction.IsEmpty)
        {
            output.AddSystem([ContentBlock.Text(instruction)]);
        }

        output.Complete();
        return output;
    }

    /// <param name="messages">A JSON array.</param>
    /// <param name="first">The first one to add.</param>
    /// <param name="last">The last one.</param>
    private static void Add(MessagesWriter output, RequestEdits edits, ReadOnlyMemory<byte> messages, int first, int last)
    {
        using var document = JsonSanitizer.Parse(messages);
        var translation = new MessageTranslation(output, messages, edits.ToolCallModel, edits.DeveloperRole == "user");
        var index = 0;
        foreach (var message in document.RootElement.EnumerateArray())
        {
            if (index >= first && index <= last)
            {
                translation.Add(message, $"messages[{index}]");
            }

            index++;
        }
    }

    /// <param name="path">Where the message stands in the request.</param>
    private void Add(JsonElement message, string path)
    {
        switch (message.Text("role"))
        {
            case "developer" when developerIsUser:
            case "user":
                output.Add(isUser: true, Content(message, path, mayHoldImages: true));
                break;
            case "system" or "developer":
                output.AddSystem(Content(message, path, mayHoldImages: false));
                break;
            case "assistant":
                output.Add(isUser: false, [.. Content(message, path, mayHoldImages: false), .. Refusal(message), .. Calls(message, path)]);
                break;
            case "tool":
                output.Add(isUser: true, [Result(message, path)]);
                break;
            default:
                throw new ChatRequestException($"'{path}.role' is not a role that this model accepts.", $"{path}.role");
        }
    }

    private List<ContentBlock> Content(JsonElement message, string path, bool mayHoldImages)
    {
        var blocks = new List<ContentBlock>();
        if (!message.IsPresent("content", out var content))
        {
            return blocks;
        }

        if (content.ValueKind == JsonValueKind.String)
        {
            AddText(blocks, content, default);
            return blocks;
        }

        var index = 0;
        foreach (var part in content.EnumerateArray())
        {
            AddPart(blocks, part, $"{path}.content[{index++}]", mayHoldImages);
        }

        return blocks;
    }

    private void AddPart(List<ContentBlock> blocks, JsonElement part, string path, bool mayHoldImages)
    {
        var cache = part.IsPresent("cache_control", out var marked) ? JsonSlice.Of(source, marked) : default;
        switch (part.Text("type"))
        {
            case "text" when part.IsPresent("text", out var text):
                AddText(blocks, text, cache);
                break;
            case "refusal" when part.IsPresent("refusal", out var refusal):
                AddText(blocks, refusal, cache);
                break;
            case "image_url" when mayHoldImages:
                blocks.Add(ContentBlock.Of(ImageSource.Read(source, part, path), cache));
                break;
            case "image_url":
                throw new ChatRequestException(
                    $"'{path}' is an image, which this model takes from users and tools only.", path, "unsupported_content");
            default:
                throw new ChatRequestException(
                    $"'{path}' is no content that this model takes: send text or images.", path, "unsupported_content");
        }
    }

    private void AddText(List<ContentBlock> blocks, JsonElement text, ReadOnlyMemory<byte> cache)
    {
        // The API refuses blank text, and it says nothing.
        if (text.ValueKind == JsonValueKind.String && !string.IsNullOrWhiteSpace(text.Text()))
        {
            blocks.Add(ContentBlock.Text(JsonSlice.Of(source, text), cache));
        }
    }

    private List<ContentBlock> Refusal(JsonElement message)
    {
        var blocks = new List<ContentBlock>();
        if (message.IsPresent("refusal", out var refusal))
        {
            AddText(blocks, refusal, default);
        }

        return blocks;
    }

    private IEnumerable<ContentBlock> Calls(JsonElement message, string path)
    {
        if (!message.IsPresent("tool_calls", out var calls) || calls.ValueKind != JsonValueKind.Array)
        {
            yield break;
        }

        var index = 0;
        foreach (var call in calls.EnumerateArray())
        {
            yield return ToolBlocks.Use(call, callsOf, $"{path}.tool_calls[{index++}]");
        }
    }

    private ContentBlock Result(JsonElement message, string path)
    {
        var pieces = new List<ReadOnlyMemory<byte>> { ToolBlocks.ResultStart(message, callsOf) };
        var content = Content(message, path, mayHoldImages: true);
        for (var index = 0; index < content.Count; index++)
        {
            pieces.Add(index == 0 ? ContentStart : Comma);
            pieces.AddRange(content[index].Pieces);
        }

        if (content.Count > 0)
        {
            pieces.Add(ContentEnd);
        }

        return ContentBlock.Of([.. pieces]);
    }
}
