using System.Buffers;
using System.Text;

namespace Ensemble.Providers.Calls;

/// <summary>
/// Cuts the thoughts at the beginning of an answer out of it, with the white space around them: blocks in tags, and text up to a
/// closing tag that nothing opened, as of a model whose prompt holds the opening one. A block in the middle stays, as does a tag
/// behind a quotation mark: there somebody writes about tags. Of an answer in channels the final one passes. Text without thoughts passes
/// unchanged, its leading white space too.
/// </summary>
/// <param name="holdsBack">Whether nothing is shown before a closing tag came, or the end.</param>
internal sealed class ReasoningFilter(bool holdsBack = false)
{
    private static readonly SearchValues<char> TagStarts = SearchValues.Create("<[◁");
    private static readonly SearchValues<char> Quotes = SearchValues.Create("`\"'“‘«(");

    private enum Part
    {
        Start,
        Thinking,
        Text,
    }

    private StringBuilder? _space;
    private StringBuilder? _held;
    private string _kept = "";
    private Part _part;
    private bool _holdsBack = holdsBack;
    private bool _hasReasoning;
    private bool _hasChannels;
    private bool _hasShown;
    private char _last;
    private int _open;

    /// <summary>Whether a closing tag came that nothing opened.</summary>
    public bool HasUnopenedClose { get; private set; }

    /// <summary>Whether it came after text was shown, which was a thought then.</summary>
    public bool HasLeakedReasoning { get; private set; }

    /// <summary>The answer in a text that came whole.</summary>
    public static string Strip(string text, out bool hasUnopenedClose)
    {
        hasUnopenedClose = false;
        if (!text.AsSpan().ContainsAny(TagStarts))
        {
            return text;
        }

        var filter = new ReasoningFilter();
        var start = filter.Push(text);
        hasUnopenedClose = filter.HasUnopenedClose;
        return start + filter.Complete();
    }

    /// <returns>What of the text so far may be shown and was not yet; often empty.</returns>
    public string Push(string text)
    {
        if (_kept.Length > 0)
        {
            (text, _kept) = (_kept + text, "");
        }

        var (first, all) = ("", default(StringBuilder));
        for (var at = 0; at < text.Length;)
        {
            switch (_part)
            {
                case Part.Start:
                    at = PassStart(text, at);
                    break;
                case Part.Thinking:
                    at = PassReasoning(text, at);
                    break;
                default:
                    if (PassText(text, ref at) is { Length: > 0 } shown)
                    {
                        all = first.Length == 0 ? null : (all ?? new StringBuilder(first)).Append(shown);
                        first = first.Length == 0 ? shown : first;
                    }

                    break;
            }
        }

        return all?.ToString() ?? first;
    }

    /// <summary>The model's thoughts come in a field of their own, so that its text holds none.</summary>
    /// <returns>What was held back.</returns>
    public string Release()
    {
        _holdsBack = false;
        return Shown(TakeHeld());
    }

    /// <summary>The text is complete.</summary>
    /// <returns>What was held back because a tag could have followed.</returns>
    public string Complete()
    {
        var rest = _part switch
        {
            Part.Thinking => "",
            Part.Start when _hasReasoning => _kept,
            Part.Start => _space + _kept,
            _ => TakeHeld() + _kept,
        };
        _kept = "";
        return rest;
    }

    /// <summary>Passes white space and an opening tag.</summary>
    private int PassStart(string text, int at)
    {
        var first = at;
        while (first < text.Length && char.IsWhiteSpace(text[first]))
        {
            first++;
        }

        if (!_hasReasoning && first > at)
        {
            (_space ??= new StringBuilder()).Append(text, at, first - at);
        }

        var kind = first < text.Length ? ReasoningTag.Match(text.AsSpan(first), out at) : ReasoningTag.None;
        switch (kind)
        {
            case ReasoningTag.Partial:
                _kept = text[first..];
                return text.Length;
            case ReasoningTag.Open:
            case ReasoningTag.Channel:
                (_part, _hasChannels) = (Part.Thinking, kind == ReasoningTag.Channel);
                return first + at;
            case ReasoningTag.Answer:
                BeginAnswer();
                return first + at;
            case ReasoningTag.Mark when _hasChannels:
                _part = Part.Thinking;
                return first + at;
            default:
                _part = first < text.Length ? Part.Text : Part.Start;
                return first;
        }
    }

    private int PassReasoning(string text, int at)
    {
        while (Next(text, at) is >= 0 and var start)
        {
            switch (ReasoningTag.Match(text.AsSpan(start), out var length))
            {
                case ReasoningTag.Partial:
                    _kept = text[start..];
                    return text.Length;
                case ReasoningTag.Close when !_hasChannels:
                    EndReasoning();
                    return start + length;
                case ReasoningTag.Answer:
                    BeginAnswer();
                    return start + length;
                default:
                    at = start + 1;
                    break;
            }
        }

        return text.Length;
    }

    /// <returns>What may be shown of it, to the end or to the next tag that counts.</returns>
    private string PassText(string text, ref int at)
    {
        var from = at;
        while (Next(text, at) is >= 0 and var start)
        {
            var tag = ReasoningTag.Match(text.AsSpan(start), out var length);
            if (tag == ReasoningTag.Partial)
            {
                _kept = text[start..];
                at = text.Length;
                return Take(text[from..start]);
            }

            at = start + Math.Max(1, length);
            if (_hasChannels)
            {
                if (tag is ReasoningTag.Mark or ReasoningTag.Channel or ReasoningTag.Answer)
                {
                    _part = tag == ReasoningTag.Answer ? Part.Text : Part.Thinking;
                    return Take(text[from..start]);
                }
            }
            else if (tag is ReasoningTag.Open or ReasoningTag.Channel)
            {
                _open++;
            }
            else if (tag is ReasoningTag.Close or ReasoningTag.Answer && _open > 0)
            {
                _open--;
            }
            else if (tag is ReasoningTag.Close or ReasoningTag.Answer && !Quotes.Contains(start > from ? text[start - 1] : _last))
            {
                (HasUnopenedClose, HasLeakedReasoning) = (true, HasLeakedReasoning | _hasShown);
                _held?.Clear();
                _holdsBack = false;
                EndReasoning();
                _hasChannels = tag == ReasoningTag.Answer;
                return "";
            }
        }

        at = text.Length;
        return Take(from == 0 ? text : text[from..]);
    }

    private void BeginAnswer()
    {
        EndReasoning();
        (_hasChannels, _holdsBack) = (true, false);
    }

    private void EndReasoning()
    {
        (_part, _hasReasoning, _open) = (Part.Start, true, 0);
        _space?.Clear();
    }

    private string Take(string text)
    {
        _last = text.Length > 0 ? text[^1] : _last;
        if (_holdsBack)
        {
            (_held ??= new StringBuilder(_space?.ToString())).Append(text);
            _space?.Clear();
            return "";
        }

        return Shown(_space is { Length: > 0 } && text.Length > 0 ? TakeSpace() + text : text);
    }

    private string Shown(string text)
    {
        _hasShown |= text.Length > 0;
        return text;
    }

    private string TakeSpace()
    {
        var space = _space!.ToString();
        _space.Clear();
        return space;
    }

    private string TakeHeld()
    {
        var held = _held?.ToString() ?? "";
        _held?.Clear();
        return held;
    }

    private static int Next(string text, int at)
    {
        var found = text.AsSpan(at).IndexOfAny(TagStarts);
        return found < 0 ? -1 : at + found;
    }
}
