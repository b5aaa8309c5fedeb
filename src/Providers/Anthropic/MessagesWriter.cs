using System.Text.Json;
using Ensemble.Chat;

namespace Ensemble.Providers.Anthropic;

/// <summary>
/// Gathers a conversation as the Messages API wants it: system text apart, then turns of user and assistant that alternate,
/// the first a user's, without blank text.
/// </summary>
internal sealed class MessagesWriter
{
    // A first turn has to be the user's; this one says no more than that there was none.
    private const string Opening = "(conversation begins)";

    private readonly List<ContentBlock> _system = [];
    private readonly List<Turn> _turns = [];

    public void AddSystem(IEnumerable<ContentBlock> blocks) => _system.AddRange(blocks);

    public void Add(bool isUser, IEnumerable<ContentBlock> blocks)
    {
        foreach (var block in blocks)
        {
            if (_turns.Count == 0 || _turns[^1].IsUser != isUser)
            {
                _turns.Add(new Turn(isUser, []));
            }

            _turns[^1].Blocks.Add(block);
        }
    }

    /// <summary>Whether a mark is of use: not where the caller marks in its own way, and not for what is asked once.</summary>
    /// <param name="sent">The request's fields.</param>
    public static bool MayMarkCache(RequestEdits edits, Dictionary<string, ReadOnlyMemory<byte>> sent) =>
        !edits.IsOneOff && edits.Messages is null && !sent.ContainsKey("cache_control")
        && !(sent.TryGetValue("tools", out var tools) && tools.Span.IndexOf("\"cache_control\""u8) >= 0);

    /// <summary>Marks the end of what was added until now, unless the caller marked a block itself: few marks are allowed.</summary>
    public void MarkCache()
    {
        var blocks = _turns.Count > 0 ? _turns[^1].Blocks : _system;
        if (blocks.Count > 0 && !_system.Concat(_turns.SelectMany(static turn => turn.Blocks)).Any(static block => block.HasCacheMark))
        {
            blocks[^1] = blocks[^1].WithCacheMark();
        }
    }

    /// <summary>No more messages come.</summary>
    /// <exception cref="ChatRequestException">There is nothing to send.</exception>
    public void Complete()
    {
        if (_turns.Count == 0)
        {
            // Instructions alone are what the model is to answer.
            Add(isUser: true, _system);
            _system.Clear();
        }

        if (_turns.Count == 0)
        {
            throw new ChatRequestException("The messages hold no text: this model needs some.", "messages");
        }

        if (!_turns[0].IsUser)
        {
            _turns.Insert(0, new Turn(true, [ContentBlock.Text(JsonSerializer.SerializeToUtf8Bytes(Opening, ChatJson.Default.String))]));
        }

        var last = _turns[^1];
        if (!last.IsUser && last.Blocks[^1].WithoutTrailingSpace() is { } trimmed)
        {
            last.Blocks[^1] = trimmed;
        }
    }

    public bool HasSystem => _system.Count > 0;

    public void WriteSystem(BodyWriter body) => Write(body, _system);

    public void WriteMessages(BodyWriter body)
    {
        body.Write("["u8);
        for (var index = 0; index < _turns.Count; index++)
        {
            body.Write(index > 0 ? ","u8 : default)
                .Write(_turns[index].IsUser ? """{"role":"user","content":"""u8 : """{"role":"assistant","content":"""u8);
            Write(body, _turns[index].Blocks);
            body.Write("}"u8);
        }

        body.Write("]"u8);
    }

    private static void Write(BodyWriter body, List<ContentBlock> blocks)
    {
        body.Write("["u8);
        for (var index = 0; index < blocks.Count; index++)
        {
            body.Write(index > 0 ? ","u8 : default);
            foreach (var piece in blocks[index].Pieces)
            {
                body.Write(piece);
            }
        }

        body.Write("]"u8);
    }

    private sealed record Turn(bool IsUser, List<ContentBlock> Blocks);
}
