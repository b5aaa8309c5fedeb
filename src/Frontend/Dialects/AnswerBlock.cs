using System.Text;

namespace Ensemble.Frontend.Dialects;

internal enum BlockKind
{
    Text,
    Refusal,

    /// <summary>A call of a tool; its text is the arguments.</summary>
    Call,
}

/// <summary>A piece of an answer that other APIs than chat completions show by itself: a text, a refusal, or a call of a tool.</summary>
/// <param name="index">From 0, in the order in which the blocks began.</param>
internal sealed class AnswerBlock(BlockKind kind, int index)
{
    private readonly StringBuilder _rest = new();
    private string _first = "";
    private (int Length, bool IsComplete) _checked;

    public BlockKind Kind => kind;

    public int Index => index;

    /// <summary>The number of the call in its answer, which pieces of a stream refer to.</summary>
    public long CallIndex { get; init; }

    /// <summary>Of a call, as callers know it; null while it has not come.</summary>
    public string? Id { get; set; }

    /// <summary>Of the tool that is called; null while it has not come.</summary>
    public string? Name { get; set; }

    public int Length => _first.Length + _rest.Length;

    public string Text => _rest.Length == 0 ? _first : _first + _rest;

    /// <summary>Whether it can be shown: a call needs its name and id.</summary>
    public bool CanBegin => kind != BlockKind.Call || (Id is not null && Name is not null);

    public void Add(string text)
    {
        // Most whole answers come in one piece.
        if (_first.Length == 0)
        {
            _first = text;
        }
        else
        {
            _rest.Append(text);
        }
    }

    /// <summary>Whether the first character that is not white space is this one.</summary>
    public bool BeginsWith(char character) =>
        _first.AsSpan().TrimStart() is { Length: > 0 } start ? start[0] == character : Text.AsSpan().TrimStart().StartsWith([character]);

    /// <summary>Forgets the text so far.</summary>
    public void Clear()
    {
        _first = "";
        _rest.Clear();
    }

    /// <returns>The text behind the first <paramref name="shown"/> characters.</returns>
    public string From(int shown) =>
        shown >= _first.Length
            ? _rest.ToString(shown - _first.Length, Length - shown)
            : string.Concat(_first.AsSpan(shown), _rest.ToString());

    /// <summary>Whether nothing more can belong to it, once another block has begun.</summary>
    public bool IsComplete()
    {
        if (kind != BlockKind.Call)
        {
            return true;
        }

        // Asked at each piece of the answer, also of other blocks.
        if (_checked.Length != Length)
        {
            using var arguments = JsonSanitizer.TryParse(Encoding.UTF8.GetBytes(Text));
            _checked = (Length, arguments is not null);
        }

        return _checked.IsComplete;
    }
}
