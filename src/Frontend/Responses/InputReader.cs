using System.Text.Json;
using Ensemble.Chat;
using Ensemble.Frontend.Dialects;

namespace Ensemble.Frontend.Responses;

/// <summary>Turns <c>input</c> into messages of chat completions.</summary>
internal sealed class InputReader(MessageList messages)
{
    /// <exception cref="ChatRequestException">An item is malformed, or of a kind that only a server with a memory or tools has.</exception>
    public void Read(JsonElement input)
    {
        switch (input.ValueKind)
        {
            case JsonValueKind.String:
                var text = new MessageContent();
                text.AddText(input);
                messages.Add("user", text);
                return;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in input.EnumerateArray())
                {
                    ReadItem(item, $"input[{index++}]");
                }

                if (index == 0)
                {
                    throw new ChatRequestException("'input' is empty: send a text, or at least one item.", "input");
                }

                return;
            case JsonValueKind.Undefined:
                throw new ChatRequestException("'input' is missing.", "input");
            default:
                throw RequestFields.Wrong("input", "a string or an array of items");
        }
    }

    private void ReadItem(JsonElement item, string path)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            throw RequestFields.Wrong(path, "an object");
        }

        switch (item.OptionalText("type", $"{path}.type"))
        {
            case null or "message":
                ReadMessage(item, path);
                break;
            case "function_call":
                var arguments = item.Field("arguments");
                messages.AddCall(
                    item.RequiredText("call_id", $"{path}.call_id"),
                    item.RequiredText("name", $"{path}.name"),
                    arguments.ValueKind == JsonValueKind.String ? arguments : throw RequestFields.Wrong($"{path}.arguments", "a string"));
                break;
            case "function_call_output":
                ReadOutput(item, path);
                break;
            case "reasoning":
                // Another model may answer this request, and reasoning is of use only to the model that wrote it.
                break;
            case "item_reference":
                throw new ChatRequestException(
                    $"'{path}' refers to a stored item, and none are stored: send the item itself (in SDKs: set 'store' to false).", path);
            case var other:
                throw new ChatRequestException(
                    $"'{path}' is of type '{other}': the types taken are message, function_call, function_call_output, reasoning.",
                    $"{path}.type");
        }
    }

    private void ReadMessage(JsonElement item, string path)
    {
        var role = item.Field("role").Text();
        if (role is not ("user" or "assistant" or "system" or "developer"))
        {
            throw new ChatRequestException($"'{path}.role' must be one of user, assistant, system, developer.", $"{path}.role");
        }

        var content = new MessageContent();
        Read(item.Field("content"), content, content, $"{path}.content");
        messages.Add(role, content);
    }

    private void ReadOutput(JsonElement item, string path)
    {
        var (content, images) = (new MessageContent(), new MessageContent());
        var id = item.RequiredText("call_id", $"{path}.call_id");
        Read(item.Field("output"), content, images, $"{path}.output");
        messages.AddResult(id, content, images);
    }

    private static void Read(JsonElement value, MessageContent content, MessageContent images, string path)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                content.AddText(value);
                return;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var part in value.EnumerateArray())
                {
                    ReadPart(part, content, images, $"{path}[{index++}]");
                }

                return;
            default:
                throw RequestFields.Wrong(path, "a string or an array of parts");
        }
    }

    private static void ReadPart(JsonElement part, MessageContent content, MessageContent images, string path)
    {
        switch (part.Field("type").Text())
        {
            case "input_text" or "output_text" or "text":
                content.AddText(Required(part, "text", path));
                break;
            case "refusal":
                content.AddRefusal(Required(part, "refusal", path));
                break;
            case "input_image" when part.Field("image_url") is { ValueKind: JsonValueKind.String } url:
                images.AddImage(url, part.Field("detail"));
                break;
            case "input_image":
                throw new ChatRequestException(
                    $"'{path}.image_url' must be a string: an address or a data URL. Files are not stored here.", $"{path}.image_url");
            case "input_file" when part.Field("file_data") is { ValueKind: JsonValueKind.String } data:
                images.AddPart("file", json =>
                {
                    json.WriteStartObject();
                    json.Copy("filename", part.Field("filename"));
                    json.Copy("file_data", data);
                    json.WriteEndObject();
                });
                break;
            case "input_file":
                throw new ChatRequestException(
                    $"'{path}.file_data' must be a string: a data URL. Files are neither stored nor fetched here.", $"{path}.file_data");
            case "input_audio" when part.Field("input_audio") is { ValueKind: JsonValueKind.Object } audio:
                images.AddPart("input_audio", json => json.WriteRaw(audio));
                break;
            default:
                throw new ChatRequestException(
                    $"'{path}.type' must be one of input_text, input_image, input_file, input_audio, output_text, refusal.",
                    $"{path}.type");
        }
    }

    private static JsonElement Required(JsonElement part, string name, string path) =>
        part.Field(name) is { ValueKind: JsonValueKind.String } text ? text : throw RequestFields.Wrong($"{path}.{name}", "a string");
}
