using System.Collections.Frozen;
using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Upstreams;

namespace Ensemble.Answers;

/// <summary>
/// The tools that a request offers to a model of an ensemble. It alone decides whether an answer calls tools: models also call tools
/// that nobody offered them, or others than <c>tool_choice</c> names, and answer with text where it demands a call.
/// </summary>
internal sealed class ToolOffer
{
    public static readonly ToolOffer None = new(isSent: false, default, new Choice(IsOpen: false));

    private static readonly ToolOffer Advice = new(isSent: true, default, new Choice(IsOpen: false)) { IsAdvice = true };

    private readonly ReadOnlyMemory<byte> _tools;
    private readonly Choice _choice;
    private FrozenSet<string>? _names;

    private ToolOffer(bool isSent, ReadOnlyMemory<byte> tools, Choice choice) => (IsSent, _tools, _choice) = (isSent, tools, choice);

    /// <summary>Whether the request's tools go to the model.</summary>
    public bool IsSent { get; }

    /// <summary>Whether the model gets them only to say what it would do with them: a call is read as text.</summary>
    public bool IsAdvice { get; private init; }

    /// <summary>Whether the model may call them: not where <c>tool_choice</c> is <c>none</c>.</summary>
    public bool IsOpen => _choice.IsOpen;

    /// <summary>Whether an answer has to be a call: <c>tool_choice</c> is <c>required</c>, or names a tool.</summary>
    public bool IsRequired => _choice.IsRequired;

    /// <summary>What the panel is offered.</summary>
    public static ToolOffer ForMembers(ChatRequest chat, ToolsMode mode) => mode switch
    {
        ToolsMode.Vote => Of(chat),
        ToolsMode.Advise when chat.IsSet("tools") => Advice,
        _ => None,
    };

    /// <summary>What the model is offered that writes the answer, where none of the panel's is given.</summary>
    public static ToolOffer ForWriter(ChatRequest chat, ToolsMode mode) => mode == ToolsMode.Advise ? Of(chat) : None;

    /// <summary>All tools of the request, as its <c>tool_choice</c> allows.</summary>
    public static ToolOffer Of(ChatRequest chat)
    {
        if (!chat.IsSet("tools") || !chat.TryGetField("tools", out var tools))
        {
            return None;
        }

        var choice = chat.TryGetField("tool_choice", out var field) ? Read(chat.SliceMemory(field.Value)) : new Choice();
        return new ToolOffer(isSent: true, chat.SliceMemory(tools.Value), choice);
    }

    /// <summary>The names of the tools that may be called; empty where a tool has none.</summary>
    public IEnumerable<string> Names => (_names ??= ToolCallJson.Names(_tools)).Where(Permits).Order(StringComparer.Ordinal);

    /// <summary>A name in <c>tool_choice</c> that none of the tools has; null = there is none, or a tool has no name.</summary>
    public string? UnknownChoice
    {
        get
        {
            _names ??= ToolCallJson.Names(_tools);
            return _names.Count == 0 ? null : _choice.Names?.FirstOrDefault(name => !_names.Contains(name));
        }
    }

    /// <returns>Whether the answer makes calls, and each of them is complete and of a tool that was offered and may be called.</returns>
    public bool Covers(ChatAnswer answer)
    {
        if (!IsOpen || answer.Choices.IsEmpty)
        {
            return false;
        }

        var calls = ToolCallJson.Read(answer.Choices);
        return calls.Count > 0 && calls.All(call => ToolCallJson.NameOf(call) is { Length: > 0 } name && Permits(name));
    }

    /// <summary>Whether the tool of that name was offered, and may be called.</summary>
    public bool Permits(string name)
    {
        _names ??= ToolCallJson.Names(_tools);

        // A provider's own tool has no name of the caller's, so that any call may be one of it.
        return IsOpen && (_names.Count == 0 || _names.Contains(name)) && _choice.Names?.Contains(name) != false;
    }

    // What is in no known form is the providers' to read, or to refuse.
    private static Choice Read(ReadOnlyMemory<byte> json)
    {
        using var document = JsonSanitizer.TryParse(json);
        if (document?.RootElement is not { } choice)
        {
            return new Choice();
        }

        var type = choice.Text() ?? choice.Member("type")?.Text();
        if (type == "allowed_tools")
        {
            var allowed = choice.Member("allowed_tools") ?? choice;
            return Of(allowed.Member("mode")?.Text()) with { Names = NamesOf((allowed.Member("tools") ?? default).Items()) };
        }

        return choice.ValueKind == JsonValueKind.Object && NamesOf([choice]) is { } names
            ? new Choice(IsRequired: true) { Names = names }
            : Of(type);
    }

    private static Choice Of(string? mode) => mode switch
    {
        "none" => new Choice(IsOpen: false),
        "required" or "any" => new Choice(IsRequired: true),
        _ => new Choice(),
    };

    /// <returns>Null where one has no name.</returns>
    private static HashSet<string>? NamesOf(IEnumerable<JsonElement> tools)
    {
        string?[] names = [.. tools.Select(tool => ToolCallJson.NameOf(tool) ?? tool.Member("name")?.Text())];
        return names.Length == 0 || names.Contains(null) ? null : new HashSet<string>(names!, StringComparer.Ordinal);
    }

    /// <summary>What <c>tool_choice</c> says.</summary>
    private sealed record Choice(bool IsOpen = true, bool IsRequired = false)
    {
        /// <summary>Tools that alone may be called; null = all.</summary>
        public HashSet<string>? Names { get; init; }
    }
}
