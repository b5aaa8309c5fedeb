using System.Text.Json;
using Ensemble.Chat;
using Ensemble.Frontend.Dialects;

namespace Ensemble.Frontend.Messages;

/// <summary>Turns <c>tools</c> and <c>tool_choice</c> into those of chat completions.</summary>
internal static class ToolFields
{
    public static void Write(Utf8JsonWriter json, JsonElement request, bool keepsMarks)
    {
        var tools = request.OptionalArray("tools", "tools");
        var hasTools = tools.Items().Any();
        if (hasTools)
        {
            json.WriteStartArray("tools"u8);
            var index = 0;
            foreach (var tool in tools.Items())
            {
                WriteTool(json, tool, $"tools[{index++}]", keepsMarks);
            }

            json.WriteEndArray();
        }

        var choice = request.OptionalObject("tool_choice", "tool_choice");
        if (choice.IsSet())
        {
            WriteChoice(json, choice, hasTools);
        }
    }

    private static void WriteTool(Utf8JsonWriter json, JsonElement tool, string path, bool keepsMarks)
    {
        if (tool.OptionalText("type", $"{path}.type") is { } type and not "custom")
        {
            throw new ChatRequestException(
                $"'{path}' is of type '{type}': the gateway executes no tools. Send a tool with an 'input_schema'.",
                $"{path}.type");
        }

        json.WriteStartObject();
        json.WriteString("type"u8, "function"u8);
        json.WriteStartObject("function"u8);
        json.Copy("name", tool.RequiredText("name", $"{path}.name"));
        json.Copy("description", tool.Field("description"));
        json.Copy("parameters", tool.Field("input_schema") is { ValueKind: JsonValueKind.Object } schema
            ? schema
            : throw RequestFields.Wrong($"{path}.input_schema", "an object"));
        json.Copy("strict", tool.Field("strict"));
        json.WriteEndObject();
        json.Copy("cache_control", keepsMarks ? tool.Field("cache_control") : default);
        json.WriteEndObject();
    }

    private static void WriteChoice(Utf8JsonWriter json, JsonElement choice, bool hasTools)
    {
        switch (choice.Field("type").Text())
        {
            case "auto" or "none" when !hasTools:
                break;
            case "auto" or "none":
                json.Copy("tool_choice", choice.Field("type"));
                break;
            case "any":
                json.WriteString("tool_choice"u8, "required"u8);
                break;
            case "tool":
                json.WritePropertyName("tool_choice"u8);
                ChatFields.WriteFunctionName(json, choice, "tool_choice");
                break;
            default:
                throw new ChatRequestException("'tool_choice.type' must be one of auto, any, tool, none.", "tool_choice.type");
        }

        if (choice.Flag("disable_parallel_tool_use", "tool_choice.disable_parallel_tool_use") && hasTools)
        {
            json.WriteBoolean("parallel_tool_calls"u8, false);
        }
    }
}
