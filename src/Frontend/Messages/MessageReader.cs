using System.Text.Json;
using Ensemble.Chat;
using Ensemble.Frontend.Dialects;

namespace Ensemble.Frontend.Messages;

/// <summary>Turns <c>system</c> and <c>messages</c> into messages of chat completions.</summary>
/// <param name="keepsMarks">Whether <c>cache_control</c> goes on with the blocks that have it.</param>
internal sealed class MessageReader(MessageList messages, bool keepsMarks)
{
    public void Read(JsonElement request)
    {
        var system = new MessageContent();
        var given = request.Field("system");
        if (given.IsSet())
        {
            AddTexts(system, given, "system");
        }

        if (!system.IsEmpty)
        {
            messages.Add("system", system);
        }

        var list = request.OptionalArray("messages", "messages");
        if (!list.Items().Any())
        {
            throw new ChatRequestException("'messages' is missing or empty: send at least one message.", "messages");
        }

        var index = 0;
        foreach (var message in list.Items())
        {
            ReadMessage(message, $"messages[{index++}]");
        }
    }

    private void ReadMessage(JsonElement message, string path)
    {
        switch (message.Field("role").Text())
        {
            case "user":
                ReadUser(message.Field("content"), $"{path}.content");
                break;
            case "assistant":
                ReadAssistant(message.Field("content"), $"{path}.content");
                break;
            case "system":
                var system = new MessageContent();
                AddTexts(system, message.Field("content"), $"{path}.content");
                messages.Add("system", system);
                break;
            default:
                throw new ChatRequestException($"'{path}.role' must be one of user, assistant, system.", $"{path}.role");
        }
    }

    private void ReadUser(JsonElement value, string path)
    {
        var content = new MessageContent();
        var hasResults = false;
        foreach (var (block, at) in BlocksOf(content, value, path))
        {
            if (block.Field("type").TextIs("tool_result"))
            {
                AddResult(block, at);
                hasResults = true;
            }
            else
            {
                AddBlock(content, content, block, at, "text, image, document, tool_result");
            }
        }

        if (!content.IsEmpty || !hasResults)
        {
            messages.Add("user", content);
        }
    }

    private void ReadAssistant(JsonElement value, string path)
    {
        var content = new MessageContent();
        var calls = new List<(JsonElement Block, string Path)>();
        foreach (var (block, at) in BlocksOf(content, value, path))
        {
            switch (block.Field("type").Text())
            {
                case "text":
                    AddText(content, block, at);
                    break;
                case "tool_use":
                    calls.Add((block, at));
                    break;
                case "thinking" or "redacted_thinking":
                    // It is signed for the model that wrote it, and another model may answer this request.
                    break;
                default:
                    throw new ChatRequestException(
                        $"'{at}.type' must be one of text, tool_use, thinking, redacted_thinking in an assistant's message.", $"{at}.type");
            }
        }

        if (!content.IsEmpty || calls.Count == 0)
        {
            messages.Add("assistant", content);
        }

        foreach (var (call, at) in calls)
        {
            var input = call.Field("input");
            messages.AddCall(
                call.RequiredText("id", $"{at}.id"),
                call.RequiredText("name", $"{at}.name"),
                arguments: default,
                input.ValueKind == JsonValueKind.Object ? input : throw RequestFields.Wrong($"{at}.input", "an object"));
        }
    }

    private void AddResult(JsonElement block, string path)
    {
        var (content, images) = (new MessageContent(), new MessageContent());
        var id = block.RequiredText("tool_use_id", $"{path}.tool_use_id");
        if (block.Flag("is_error", $"{path}.is_error"))
        {
            // Chat completions have no mark for it.
            content.AddText("The tool failed:");
        }

        var value = block.Field("content");
        if (value.IsSet())
        {
            foreach (var (inner, at) in BlocksOf(content, value, $"{path}.content"))
            {
                AddBlock(content, images, inner, at, "text, image, document");
            }
        }

        messages.AddResult(id, content, images);
    }

    /// <param name="images">Where images and documents go.</param>
    /// <param name="allowed">The types that are allowed here, for the error.</param>
    private void AddBlock(MessageContent content, MessageContent images, JsonElement block, string path, string allowed)
    {
        switch (block.Field("type").Text())
        {
            case "text":
                AddText(content, block, path);
                break;
            case "image":
                AddImage(images, block, path);
                break;
            case "document":
                AddDocument(content, images, block, path);
                break;
            default:
                throw new ChatRequestException($"'{path}.type' must be one of {allowed}.", $"{path}.type");
        }
    }

    private void AddText(MessageContent content, JsonElement block, string path) => content.AddText(
        block.Field("text") is { ValueKind: JsonValueKind.String } text ? text : throw RequestFields.Wrong($"{path}.text", "a string"),
        Mark(block));

    private void AddImage(MessageContent images, JsonElement block, string path)
    {
        var source = block.Field("source");
        switch (source.Field("type").Text())
        {
            case "base64":
                images.AddImage(
                    source.RequiredText("media_type", $"{path}.source.media_type").Text()!,
                    source.RequiredText("data", $"{path}.source.data"),
                    Mark(block));
                break;
            case "url":
                images.AddImage(source.RequiredText("url", $"{path}.source.url"), mark: Mark(block));
                break;
            default:
                throw new ChatRequestException(
                    $"'{path}.source.type' must be base64 or url: files are not stored here.", $"{path}.source.type");
        }
    }

    private void AddDocument(MessageContent content, MessageContent images, JsonElement block, string path)
    {
        var source = block.Field("source");
        var title = block.OptionalText("title", $"{path}.title");
        switch (source.Field("type").Text())
        {
            case "text":
                content.AddText(source.RequiredText("data", $"{path}.source.data"), Mark(block));
                break;
            case "base64":
                var type = source.RequiredText("media_type", $"{path}.source.media_type").Text()!;
                var data = source.RequiredText("data", $"{path}.source.data");
                images.AddPart("file", json =>
                {
                    json.WriteStartObject();
                    json.WriteString("filename"u8, title ?? "document.pdf");
                    json.WritePropertyName("file_data"u8);
                    MessageContent.WriteDataUrl(json, type, data);
                    json.WriteEndObject();
                });
                break;
            default:
                throw new ChatRequestException(
                    $"'{path}.source.type' must be text or base64: files are neither stored nor fetched here.", $"{path}.source.type");
        }
    }

    private void AddTexts(MessageContent content, JsonElement value, string path)
    {
        foreach (var (block, at) in BlocksOf(content, value, path))
        {
            AddText(content, block.Field("type").TextIs("text") ? block : throw RequestFields.Wrong($"{at}.type", "text"), at);
        }
    }

    /// <returns>The blocks; none where the value is a string, which is added to the content.</returns>
    private static IEnumerable<(JsonElement Block, string Path)> BlocksOf(MessageContent content, JsonElement value, string path)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                content.AddText(value);
                return [];
            case JsonValueKind.Array:
                return value.EnumerateArray().Select((block, index) => (block, $"{path}[{index}]"));
            default:
                throw RequestFields.Wrong(path, "a string or an array of blocks");
        }
    }

    private JsonElement Mark(JsonElement block) => keepsMarks ? block.Field("cache_control") : default;
}
