using System.Text.Json;

namespace Ensemble.Frontend.Dialects;

/// <summary>
/// The blocks of one answer, put together from its text and from choices of chat completions. Only the first choice counts.
/// </summary>
internal sealed class AnswerBlocks
{
    private readonly List<AnswerBlock> _blocks = [];

    public IReadOnlyList<AnswerBlock> All => _blocks;

    public static AnswerBlocks Of(WholeAnswer whole)
    {
        var blocks = new AnswerBlocks();
        var answer = whole.Completed.Answer;
        if (!answer.Choices.IsEmpty)
        {
            blocks.AddChoices(answer.Choices, "message");
        }
        else if (answer.Refusal is null)
        {
            blocks.Add(BlockKind.Text, whole.Text);
        }

        blocks.Add(BlockKind.Refusal, answer.Refusal);
        return blocks;
    }

    /// <param name="text">Of a text or a refusal, to which it is added if that is the last block; null or empty = nothing.</param>
    public void Add(BlockKind kind, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return;
        }

        if (_blocks is not [.., var last] || last.Kind != kind)
        {
            _blocks.Add(last = new AnswerBlock(kind, _blocks.Count));
        }

        last.Add(text);
    }

    /// <summary>For an API whose answers always have one: a text without a character.</summary>
    public void AddEmpty() => _blocks.Add(new AnswerBlock(BlockKind.Text, _blocks.Count));

    /// <param name="choices">A JSON array.</param>
    /// <param name="member">Where a choice has its part of the answer: <c>message</c> or <c>delta</c>.</param>
    public void AddChoices(ReadOnlyMemory<byte> choices, string member)
    {
        using var document = JsonSanitizer.TryParse(choices);
        foreach (var choice in (document?.RootElement ?? default).Items())
        {
            if ((choice.Member("index")?.Whole() ?? 0) == 0)
            {
                AddMessage(choice.Member(member) ?? default);
            }
        }
    }

    private void AddMessage(JsonElement message)
    {
        var content = message.Member("content") ?? default;
        Add(BlockKind.Text, content.Text());
        foreach (var part in content.Items())
        {
            Add(BlockKind.Text, part.Member("text")?.Text());
        }

        Add(BlockKind.Refusal, message.Member("refusal")?.Text());
        var position = 0;
        foreach (var call in (message.Member("tool_calls") ?? default).Items())
        {
            if (call.ValueKind == JsonValueKind.Object)
            {
                AddCall(call, call.Member("index")?.Whole() ?? position);
            }

            position++;
        }
    }

    private void AddCall(JsonElement piece, long callIndex)
    {
        var id = piece.Member("id")?.Text();
        var function = piece.Member("function") ?? default;
        var name = function.Member("name")?.Text() is { Length: > 0 } given ? given : null;
        var block = _blocks.FindLast(known => known.Kind == BlockKind.Call && known.CallIndex == callIndex);

        // Some servers number all calls 0: a name with another id begins the next one.
        if (block is null || (name is not null && id is not null && block.Id is not null && block.Id != id))
        {
            _blocks.Add(block = new AnswerBlock(BlockKind.Call, _blocks.Count) { CallIndex = callIndex });
        }

        block.Id ??= id;
        block.Name ??= name;
        if (function.Member("arguments")?.Text() is { Length: > 0 } arguments)
        {
            block.Add(arguments);
        }
    }
}
