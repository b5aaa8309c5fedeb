using System.Collections.Frozen;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Upstreams;

namespace Ensemble.Panels;

/// <summary>
/// The tools that a request offers to the members of an ensemble. It alone decides whether an answer calls tools: models also call tools that
/// nobody offered them.
/// </summary>
internal sealed class ToolOffer
{
    public static readonly ToolOffer None = new(isSent: false, isOpen: false, default);

    private readonly ReadOnlyMemory<byte> _tools;
    private FrozenSet<string>? _names;

    private ToolOffer(bool isSent, bool isOpen, ReadOnlyMemory<byte> tools) => (IsSent, IsOpen, _tools) = (isSent, isOpen, tools);

    /// <summary>Whether the request's tools go to the members.</summary>
    public bool IsSent { get; }

    /// <summary>Whether members may call them: not where <c>tool_choice</c> is <c>none</c>.</summary>
    public bool IsOpen { get; }

    public static ToolOffer Of(ChatRequest chat, ToolsMode mode)
    {
        if (mode != ToolsMode.Vote || !chat.Asks("tools") || !chat.TryGetField("tools", out var tools))
        {
            return None;
        }

        var isClosed = chat.TryGetField("tool_choice", out var choice) && chat.Slice(choice.Value).SequenceEqual("\"none\""u8);
        return new ToolOffer(isSent: true, !isClosed, chat.SliceMemory(tools.Value));
    }

    /// <returns>Whether the answer makes calls, and each of them is complete and of a tool that was offered.</returns>
    public bool Covers(ChatAnswer answer)
    {
        if (!IsOpen || answer.Choices.IsEmpty)
        {
            return false;
        }

        var calls = ToolCallJson.Read(answer.Choices);
        _names ??= ToolCallJson.Names(_tools);

        // A provider's own tool has no name of the caller's, so that any call may be one of it.
        return calls.Count > 0
            && calls.All(call => ToolCallJson.NameOf(call) is { Length: > 0 } name && (_names.Count == 0 || _names.Contains(name)));
    }
}
