using System.Text.Json;
using Ensemble.Chat;

namespace Ensemble.Providers.Simulated;

/// <summary>A tool that the request forces the model to call.</summary>
/// <param name="Parameters">The JSON schema of its arguments; null = it takes none.</param>
internal sealed record SimulatedTool(string Name, JsonElement? Parameters)
{
    /// <returns>Null where the model is free to answer: it then does, because a caller of a simulation expects an answer.</returns>
    /// <exception cref="ChatRequestException">A tool is malformed, or the choice names none of them.</exception>
    public static SimulatedTool? Read(ChatRequest chat)
    {
        var tools = ReadAll(chat);
        if (!chat.IsSet("tool_choice") || !chat.TryGetField("tool_choice", out var field))
        {
            return null;
        }

        var choice = SimulatedJson.Element(chat, field);
        if (tools.Count == 0)
        {
            throw new ChatRequestException("'tool_choice' is only allowed when 'tools' are given.", "tool_choice");
        }

        if (SimulatedJson.Text(choice) == "required")
        {
            return tools[0];
        }

        if (SimulatedJson.Text(SimulatedJson.Member(choice, "type") ?? default) == "allowed_tools")
        {
            return ReadAllowed(tools, SimulatedJson.Member(choice, "allowed_tools") ?? choice);
        }

        var name = SimulatedJson.Member(choice, "function") is { } function
            ? SimulatedJson.Text(SimulatedJson.Member(function, "name"))
            : null;
        return tools.Find(tool => tool.Name == name)
            ?? throw new ChatRequestException(
                "'tool_choice' must be none, auto, required or the name of a function in 'tools'.", "tool_choice");
    }

    private static SimulatedTool? ReadAllowed(List<SimulatedTool> tools, JsonElement allowed)
    {
        if (SimulatedJson.Text(SimulatedJson.Member(allowed, "mode") ?? default) != "required")
        {
            return null;
        }

        var names = (SimulatedJson.Member(allowed, "tools") ?? default).Items()
            .Select(static tool => SimulatedJson.Text(SimulatedJson.Member(SimulatedJson.Member(tool, "function") ?? default, "name")))
            .ToHashSet();
        return tools.Find(tool => names.Contains(tool.Name))
            ?? throw new ChatRequestException("'tool_choice' allows none of the functions in 'tools'.", "tool_choice");
    }

    private static List<SimulatedTool> ReadAll(ChatRequest chat)
    {
        var tools = new List<SimulatedTool>();
        if (!chat.IsSet("tools") || !chat.TryGetField("tools", out var field))
        {
            return tools;
        }

        foreach (var tool in SimulatedJson.Element(chat, field).EnumerateArray())
        {
            var function = SimulatedJson.Member(tool, "function") ?? default;
            tools.Add(SimulatedJson.Text(SimulatedJson.Member(function, "name")) is { Length: > 0 } name
                ? new SimulatedTool(name, SimulatedJson.Member(function, "parameters"))
                : throw new ChatRequestException(
                    $"'tools[{tools.Count}].function.name' is missing: this model takes functions only.",
                    $"tools[{tools.Count}].function.name"));
        }

        return tools;
    }
}
