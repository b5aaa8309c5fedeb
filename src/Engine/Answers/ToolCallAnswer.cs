using System.Text.Json;
using Ensemble.Upstreams;

namespace Ensemble.Answers;

/// <summary>
/// The tool calls of an answer as a set: name and canonical arguments of each, in no order. What a call is named by its model counts for
/// nothing.
/// </summary>
internal static class ToolCallAnswer
{
    /// <summary>An answer in prose where tools could have been called: it differs from any call.</summary>
    public static readonly TypedAnswer None = new(TypedAnswerKind.ToolCalls, "[]");

    /// <returns>Null where what was called is not known.</returns>
    public static TypedAnswer? Of(ChatAnswer answer)
    {
        if (answer.Choices.Length is 0 or > JsonAnswer.MaxCharacters)
        {
            return null;
        }

        try
        {
            using var document = JsonSanitizer.Parse(answer.Choices);
            var calls = new SortedSet<string>(StringComparer.Ordinal);
            foreach (var choice in document.RootElement.Items())
            {
                if (choice.TryMember("message", out var message) && message.ValueKind == JsonValueKind.Object)
                {
                    Add(calls, message);
                    break;
                }
            }

            return calls.Count == 0 ? null : new TypedAnswer(TypedAnswerKind.ToolCalls, $"[{string.Join(',', calls)}]");
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Add(SortedSet<string> calls, JsonElement message)
    {
        if (message.TryMember("tool_calls", out var list) && list.ValueKind == JsonValueKind.Array)
        {
            foreach (var call in list.EnumerateArray())
            {
                Add(calls, call, "function", "arguments");
                Add(calls, call, "custom", "input");
            }
        }

        Add(calls, message, "function_call", "arguments");
    }

    private static void Add(SortedSet<string> calls, JsonElement holder, string kind, string arguments)
    {
        if (holder.ValueKind == JsonValueKind.Object && holder.TryMember(kind, out var call) && call.ValueKind == JsonValueKind.Object
            && call.TryMember("name", out var name) && name.ValueKind == JsonValueKind.String)
        {
            calls.Add($"{{{Quoted(name.Text()!)}:{(call.TryMember(arguments, out var value) ? Arguments(value) : "{}")}}}");
        }
    }

    private static string Arguments(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return JsonAnswer.Of(value);
        }

        // No arguments are written as nothing by some, as an empty object by others.
        var text = value.Text()!;
        return string.IsNullOrWhiteSpace(text) ? "{}" : JsonAnswer.Of(text, wantsObject: false) ?? Quoted(text);
    }

    private static string Quoted(string text) => JsonAnswer.Of(JsonSerializer.SerializeToElement(text, Chat.ChatJson.Default.String));
}
