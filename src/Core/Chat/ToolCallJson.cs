using System.Collections.Frozen;
using System.Text.Json;

namespace Ensemble.Chat;

/// <summary>Reads tools, and calls of them, from JSON that others wrote.</summary>
internal static class ToolCallJson
{
    /// <summary>The members that hold a call, or a tool, by its type.</summary>
    private static readonly string[] Kinds = ["function", "custom"];

    /// <param name="choices">A JSON array of whole choices.</param>
    /// <returns>The calls of the first choice; none where they are not JSON objects in an array.</returns>
    public static IReadOnlyList<JsonElement> Read(ReadOnlyMemory<byte> choices)
    {
        if (Parse(choices) is not { ValueKind: JsonValueKind.Array } array || array.GetArrayLength() == 0)
        {
            return [];
        }

        var calls = Member(Member(array[0], "message"), "tool_calls");
        return calls.ValueKind == JsonValueKind.Array ? [.. calls.EnumerateArray()] : [];
    }

    /// <returns>The name of the tool that is called, or that is offered; null where there is none.</returns>
    public static string? NameOf(JsonElement tool)
    {
        foreach (var kind in Kinds)
        {
            if (Text(Member(Member(tool, kind), "name")) is { } name)
            {
                return name;
            }
        }

        return null;
    }

    /// <returns>The names of all offered tools; empty where one has no name.</returns>
    public static FrozenSet<string> Names(ReadOnlyMemory<byte> tools)
    {
        if (Parse(tools) is not { ValueKind: JsonValueKind.Array } array)
        {
            return [];
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tool in array.EnumerateArray())
        {
            if (NameOf(tool) is not { } name)
            {
                return [];
            }

            names.Add(name);
        }

        return names.ToFrozenSet(StringComparer.Ordinal);
    }

    /// <returns>An undefined element where there is no such member.</returns>
    public static JsonElement Member(JsonElement element, string name)
    {
        try
        {
            return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;
        }
        catch (InvalidOperationException)
        {
            // A name with an escape for half a character.
            return default;
        }
    }

    public static string? Text(JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
