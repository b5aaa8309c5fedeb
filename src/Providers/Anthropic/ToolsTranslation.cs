using System.Text.Json;
using Ensemble.Chat;

namespace Ensemble.Providers.Anthropic;

/// <summary>Turns OpenAI's tools and the choice among them into those of the Messages API.</summary>
internal static class ToolsTranslation
{
    /// <exception cref="ChatRequestException">A tool has no counterpart.</exception>
    public static void WriteTools(BodyWriter body, ReadOnlyMemory<byte> json)
    {
        using var document = JsonSanitizer.Parse(json);
        var index = 0;
        body.Write("["u8);
        foreach (var tool in document.RootElement.EnumerateArray())
        {
            body.Write(index > 0 ? ","u8 : default);
            WriteTool(body, json, tool, $"tools[{index++}]");
        }

        body.Write("]"u8);
    }

    /// <param name="choice">The value of <c>tool_choice</c>; empty = none was given.</param>
    /// <param name="oneAtATime">Whether <c>parallel_tool_calls</c> is false.</param>
    /// <returns>Null where nothing needs to be said; false in <paramref name="isTaken"/> where the choice has no counterpart.</returns>
    public static string? Choice(ReadOnlyMemory<byte> choice, bool oneAtATime, out bool isTaken)
    {
        var (type, name) = choice.IsEmpty ? (null, null) : Read(choice);
        isTaken = choice.IsEmpty || type is not null;
        if (type is null && !oneAtATime)
        {
            return null;
        }

        return (type ?? "auto") switch
        {
            "none" => """{"type":"none"}""",
            var kind => $$"""{"type":"{{kind}}"{{Named(name)}}{{(oneAtATime ? ""","disable_parallel_tool_use":true""" : "")}}}""",
        };
    }

    /// <summary>Whether the value of <c>tool_choice</c> requires a call.</summary>
    public static bool ForcesCall(ReadOnlyMemory<byte> choice) => Read(choice).Type is "any" or "tool";

    private static string Named(string? name) => name is null ? "" : $",\"name\":{JsonSerializer.Serialize(name, ChatJson.Default.String)}";

    private static (string? Type, string? Name) Read(ReadOnlyMemory<byte> choice)
    {
        using var document = JsonSanitizer.Parse(choice);
        var root = document.RootElement;
        if (root.ValueKind == JsonValueKind.String)
        {
            return root.Text() switch
            {
                "auto" => ("auto", null),
                "none" => ("none", null),
                "required" => ("any", null),
                _ => (null, null),
            };
        }

        return root.IsPresent("function", out var function) && function.Text("name") is { } name ? ("tool", name) : (null, null);
    }

    private static void WriteTool(BodyWriter body, ReadOnlyMemory<byte> source, JsonElement tool, string path)
    {
        if (!tool.IsPresent("function", out var function))
        {
            // The provider's own tools have no counterpart at OpenAI, and go as they are.
            body.Write(tool.Text("type") is not (null or "function" or "custom") || tool.IsPresent("input_schema", out _)
                ? JsonSlice.Of(source, tool)
                : throw new ChatRequestException($"'{path}' is no function, and this model takes no other tools.", path));
            return;
        }

        var name = function.Text("name") ?? throw new ChatRequestException($"'{path}.function.name' is missing.", $"{path}.function.name");
        body.Write("""{"name":"""u8).WriteText(name);
        if (function.IsPresent("description", out var description))
        {
            body.Write(""","description":"""u8).Write(JsonSlice.Of(source, description));
        }

        body.Write(""","input_schema":"""u8);
        WriteSchema(body, source, function);
        if (function.IsPresent("strict", out var strict) && strict.ValueKind == JsonValueKind.True)
        {
            body.Write(""","strict":true"""u8);
        }

        if (tool.IsPresent("cache_control", out var cache))
        {
            body.Write(""","cache_control":"""u8).Write(JsonSlice.Of(source, cache));
        }

        body.Write("}"u8);
    }

    // A function without parameters has no schema at OpenAI; here one of type "object" is required.
    private static void WriteSchema(BodyWriter body, ReadOnlyMemory<byte> source, JsonElement function)
    {
        if (!function.IsPresent("parameters", out var schema) || schema.ValueKind != JsonValueKind.Object)
        {
            body.Write("""{"type":"object","properties":{}}"""u8);
            return;
        }

        var json = JsonSlice.Of(source, schema);
        if (schema.TryMember("type", out _))
        {
            body.Write(json);
            return;
        }

        body.Write("""{"type":"object","""u8[..^(schema.GetPropertyCount() == 0 ? 1 : 0)]).Write(json[1..]);
    }
}
