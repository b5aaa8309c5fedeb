using System.Text.Json;

namespace Ensemble.Testing;

internal static class MessageRules
{
    private static readonly HashSet<string> Roles = ["system", "developer", "user", "assistant", "tool", "function"];

    private static readonly HashSet<string> Parts = ["text", "image_url", "input_audio", "file", "refusal"];

    public static StubViolation? Check(StubRequest request)
    {
        if (request.Field("messages") is not { ValueKind: JsonValueKind.Array } messages)
        {
            return RequestRules.Broken("messages", "'messages' has to be a list.", "missing_required_parameter");
        }

        if (messages.GetArrayLength() == 0)
        {
            return RequestRules.Broken("messages", "'messages' has to hold at least one message.", "empty_array");
        }

        var open = new HashSet<string>(StringComparer.Ordinal);
        return messages.EnumerateArray()
            .Select((message, index) => Message(message, $"messages[{index}]", open))
            .FirstOrDefault(broken => broken is not null);
    }

    private static StubViolation? Message(JsonElement message, string path, HashSet<string> openCalls)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            return RequestRules.Broken(path, $"'{path}' has to be an object.", "invalid_type");
        }

        if (!message.TryGetProperty("role", out var roleField) || roleField.ValueKind != JsonValueKind.String)
        {
            return RequestRules.Broken($"{path}.role", $"'{path}' has no role.", "missing_required_parameter");
        }

        var role = roleField.GetString()!;
        if (!Roles.Contains(role))
        {
            return RequestRules.Broken($"{path}.role", $"'{role}' is not a role.");
        }

        return role == "tool" && !(message.TryGetProperty("tool_call_id", out var id) && openCalls.Contains(id.ToString()))
            ? RequestRules.Broken($"{path}.role", "A tool's message has to answer a call that an assistant's message made before.", null)
            : Content(message, path, HasCalls(message, openCalls));
    }

    private static bool HasCalls(JsonElement message, HashSet<string> openCalls)
    {
        if (!message.TryGetProperty("tool_calls", out var calls) || calls.ValueKind != JsonValueKind.Array)
        {
            return message.TryGetProperty("function_call", out var call) && call.ValueKind == JsonValueKind.Object;
        }

        foreach (var call in calls.EnumerateArray())
        {
            openCalls.Add(call.TryGetProperty("id", out var id) ? id.ToString() : "");
        }

        return calls.GetArrayLength() > 0;
    }

    private static StubViolation? Content(JsonElement message, string path, bool hasCalls)
    {
        var given = message.TryGetProperty("content", out var content) && content.ValueKind != JsonValueKind.Null;
        if (!given)
        {
            var optional = hasCalls || (message.TryGetProperty("refusal", out var refusal) && refusal.ValueKind == JsonValueKind.String);
            return optional ? null : RequestRules.Broken($"{path}.content", $"'{path}' has no content.", "invalid_type");
        }

        return content.ValueKind switch
        {
            JsonValueKind.String => null,
            JsonValueKind.Array when content.GetArrayLength() == 0 =>
                RequestRules.Broken($"{path}.content", "A list of content parts cannot be empty.", "empty_array"),
            JsonValueKind.Array => content.EnumerateArray()
                .Select((part, index) => Part(part, $"{path}.content[{index}]"))
                .FirstOrDefault(broken => broken is not null),
            _ => RequestRules.Broken($"{path}.content", "Content is a text or a list of parts.", "invalid_type"),
        };
    }

    private static StubViolation? Part(JsonElement part, string path)
    {
        if (part.ValueKind != JsonValueKind.Object || !part.TryGetProperty("type", out var type))
        {
            return RequestRules.Broken($"{path}.type", $"'{path}' has no type.", "missing_required_parameter");
        }

        var name = type.ToString();
        if (!Parts.Contains(name))
        {
            return RequestRules.Broken($"{path}.type", $"'{name}' is not a type of content part.");
        }

        return part.TryGetProperty(name, out _)
            ? null
            : RequestRules.Broken($"{path}.{name}", $"A part of type '{name}' needs the field '{name}'.", "missing_required_parameter");
    }
}
