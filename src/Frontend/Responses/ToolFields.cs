using System.Text.Json;
using Ensemble.Chat;
using Ensemble.Frontend.Dialects;

namespace Ensemble.Frontend.Responses;

/// <summary>Turns <c>tools</c>, <c>tool_choice</c> and <c>parallel_tool_calls</c> into those of chat completions.</summary>
internal static class ToolFields
{
    public static void Write(Utf8JsonWriter json, JsonElement request)
    {
        var tools = request.OptionalArray("tools", "tools");
        var hasTools = tools.Items().Any();
        if (hasTools)
        {
            json.WriteStartArray("tools"u8);
            var index = 0;
            foreach (var tool in tools.EnumerateArray())
            {
                WriteTool(json, tool, $"tools[{index++}]");
            }

            json.WriteEndArray();
        }

        var choice = request.Field("tool_choice");
        if (choice.IsSet() && (hasTools || !(choice.TextIs("none") || choice.TextIs("auto"))))
        {
            json.WritePropertyName("tool_choice"u8);
            WriteChoice(json, choice);
        }

        // Providers refuse this field where there are no tools.
        if (hasTools && request.Field("parallel_tool_calls").IsSet())
        {
            json.WriteBoolean("parallel_tool_calls"u8, request.Flag("parallel_tool_calls", "parallel_tool_calls"));
        }
    }

    private static void WriteTool(Utf8JsonWriter json, JsonElement tool, string path)
    {
        var type = tool.RequiredText("type", $"{path}.type");
        if (!type.TextIs("function"))
        {
            throw new ChatRequestException(
                $"'{path}' is of type '{type.Text()}': the gateway executes no tools. Send a tool of type 'function'.",
                $"{path}.type");
        }

        json.WriteStartObject();
        json.WriteString("type"u8, "function"u8);
        json.WriteStartObject("function"u8);
        json.Copy("name", tool.RequiredText("name", $"{path}.name"));
        json.Copy("description", tool.Field("description"));
        json.Copy("parameters", tool.OptionalObject("parameters", $"{path}.parameters"));
        json.Copy("strict", tool.Field("strict"));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteChoice(Utf8JsonWriter json, JsonElement choice)
    {
        if (choice.ValueKind == JsonValueKind.String && choice.Text() is "none" or "auto" or "required")
        {
            json.WriteRaw(choice);
            return;
        }

        switch (choice.Field("type").Text())
        {
            case "function":
                ChatFields.WriteFunctionName(json, choice, "tool_choice");
                break;
            case "allowed_tools":
                json.WriteStartObject();
                json.WriteString("type"u8, "allowed_tools"u8);
                json.WriteStartObject("allowed_tools"u8);
                json.Copy("mode", choice.Field("mode"));
                json.WriteStartArray("tools"u8);
                var index = 0;
                foreach (var tool in choice.OptionalArray("tools", "tool_choice.tools").Items())
                {
                    ChatFields.WriteFunctionName(json, tool, $"tool_choice.tools[{index++}]");
                }

                json.WriteEndArray();
                json.WriteEndObject();
                json.WriteEndObject();
                break;
            default:
                throw new ChatRequestException(
                    "'tool_choice' must be one of none, auto, required, or name functions: the gateway executes no tools.", "tool_choice");
        }
    }
}
