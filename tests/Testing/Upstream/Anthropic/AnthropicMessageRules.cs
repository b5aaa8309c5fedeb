using System.Text.Json;
using System.Text.RegularExpressions;

namespace Ensemble.Testing;

/// <summary>Rules on the messages, their order and their blocks.</summary>
internal static partial class AnthropicMessageRules
{
    private const int MaxImageLetters = 5 * 1024 * 1024;

    private static readonly HashSet<string> ImageTypes = ["image/jpeg", "image/png", "image/gif", "image/webp"];

    public static StubViolation? Check(StubRequest request)
    {
        if (request.Field("messages") is not { ValueKind: JsonValueKind.Array } messages)
        {
            return AnthropicRules.Broken("messages: Field required");
        }

        if (messages.GetArrayLength() == 0)
        {
            return AnthropicRules.Broken("messages: at least one message is required");
        }

        if (Field(messages[0], "role") != "user")
        {
            return AnthropicRules.Broken("messages: first message must use the \"user\" role");
        }

        var calls = new HashSet<string>(StringComparer.Ordinal);
        var open = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0; index < messages.GetArrayLength(); index++)
        {
            if (Message(messages[index], $"messages.{index}", calls, open) is { } broken)
            {
                return broken;
            }
        }

        return open.Count > 0 ? Unanswered($"messages.{messages.GetArrayLength() - 1}", open) : TrailingSpace(messages[messages.GetArrayLength() - 1]);
    }

    public static StubViolation? Text(JsonElement block, string path)
    {
        var text = Field(block, "text");
        return string.IsNullOrEmpty(text) ? AnthropicRules.Broken($"{path}: text content blocks must be non-empty")
            : string.IsNullOrWhiteSpace(text) ? AnthropicRules.Broken($"{path}: text content blocks must contain non-whitespace text")
            : block.EnumerateObject().Any(field => field.Name is not ("type" or "text" or "cache_control"))
                ? AnthropicRules.Broken($"{path}: Extra inputs are not permitted")
                : null;
    }

    private static StubViolation? Message(JsonElement message, string path, HashSet<string> calls, HashSet<string> open)
    {
        if (Field(message, "role") is not ("user" or "assistant"))
        {
            return AnthropicRules.Broken($"{path}.role: Input should be 'user' or 'assistant'");
        }

        var isUser = Field(message, "role") == "user";
        if (message.EnumerateObject().Any(field => field.Name is not ("role" or "content")) || !message.TryGetProperty("content", out var content))
        {
            return AnthropicRules.Broken($"{path}: content is required, and extra inputs are not permitted");
        }

        if (content.ValueKind == JsonValueKind.String)
        {
            return open.Count > 0 ? Unanswered(path, open) : string.IsNullOrWhiteSpace(content.GetString()) ? AnthropicRules.Broken($"{path}: all messages must have non-empty content") : null;
        }

        if (content.ValueKind != JsonValueKind.Array || content.GetArrayLength() == 0)
        {
            return AnthropicRules.Broken(content.ValueKind == JsonValueKind.Array
                ? $"{path}: all messages must have non-empty content"
                : $"{path}.content: Input should be a valid list");
        }

        if (open.Count > 0 && !(isUser && content.EnumerateArray().Take(open.Count).All(block => Field(block, "type") == "tool_result")))
        {
            return Unanswered(path, open);
        }

        var answered = isUser ? [.. open] : new HashSet<string>();
        open.Clear();
        for (var index = 0; index < content.GetArrayLength(); index++)
        {
            if (Block(content[index], $"{path}.content.{index}", isUser, calls, open, answered) is { } broken)
            {
                return broken;
            }
        }

        return answered.Count > 0 ? Unanswered(path, answered) : null;
    }

    private static StubViolation? Block(
        JsonElement block, string path, bool isUser, HashSet<string> calls, HashSet<string> open, HashSet<string> answered)
    {
        switch (Field(block, "type"))
        {
            case "text":
                return Text(block, path);
            case "image" when isUser:
                return Image(block, path);
            case "tool_use" when !isUser:
                var id = Field(block, "id") ?? "";
                open.Add(id);
                return ToolId().IsMatch(id) && calls.Add(id) && Field(block, "name") is { Length: > 0 }
                    && block.TryGetProperty("input", out var input) && input.ValueKind == JsonValueKind.Object
                    ? null
                    : AnthropicRules.Broken($"{path}.tool_use: id, name and input have to be there, the id unique and of letters, digits, _ and -");
            case "tool_result" when isUser:
                return !answered.Remove(Field(block, "tool_use_id") ?? "")
                    ? AnthropicRules.Broken($"{path}: unexpected `tool_use_id` found in `tool_result` blocks: each must have a `tool_use` block in the previous message.")
                    : Result(block, path);
            case var type:
                return AnthropicRules.Broken($"{path}: Input tag '{type}' found does not match any of the expected tags");
        }
    }

    private static StubViolation? Result(JsonElement block, string path) =>
        block.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.Array
            ? content.EnumerateArray()
                .Select((inner, index) => Field(inner, "type") == "image" ? Image(inner, path) : Text(inner, $"{path}.content.{index}"))
                .FirstOrDefault(broken => broken is not null)
            : null;

    private static StubViolation? Image(JsonElement block, string path)
    {
        if (!block.TryGetProperty("source", out var source))
        {
            return AnthropicRules.Broken($"{path}.image.source: Field required");
        }

        return Field(source, "type") switch
        {
            "base64" when Field(source, "data") is { Length: > MaxImageLetters } => AnthropicRules.Broken($"{path}.image.source.base64: image exceeds 5 MB maximum"),
            "url" when Field(source, "url")?.StartsWith("https://", StringComparison.Ordinal) == true => null,
            "base64" when ImageTypes.Contains(Field(source, "media_type") ?? "") && source.GetProperty("data").TryGetBytesFromBase64(out var data) && data.Length > 0 => null,
            _ => AnthropicRules.Broken($"{path}.image.source: Could not process image"),
        };
    }

    private static StubViolation? TrailingSpace(JsonElement last)
    {
        if (Field(last, "role") != "assistant")
        {
            return null;
        }

        var content = last.GetProperty("content");
        var text = content.ValueKind == JsonValueKind.String ? content.GetString() : Field(content[content.GetArrayLength() - 1], "text");
        return text is { Length: > 0 } && char.IsWhiteSpace(text[^1])
            ? AnthropicRules.Broken("messages: final assistant content cannot end with trailing whitespace")
            : null;
    }

    // Results come first in the turn after the calls, before any text.
    private static StubViolation Unanswered(string path, HashSet<string> ids) => AnthropicRules.Broken(
        $"{path}: `tool_use` ids were found without `tool_result` blocks immediately after: {string.Join(", ", ids)}.");

    private static string? Field(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var field) && field.ValueKind == JsonValueKind.String ? field.GetString() : null;

    [GeneratedRegex("^[a-zA-Z0-9_-]+$", RegexOptions.None, 1000)]
    private static partial Regex ToolId();
}
