using System.Text;
using Ensemble.Answers;
using Ensemble.Runs;
using Ensemble.Upstreams;

namespace Ensemble.Judging;

/// <summary>
/// Shows an answer as it comes. White space is held back until something else follows, so that a model that says nothing has shown nothing,
/// and the next one can still be asked. Where JSON is wanted the same holds for text that does not begin like it, and the code fence around
/// it is left out. Where a tool has to be called no text is shown before a call.
/// </summary>
/// <param name="tools">What the model is offered.</param>
/// <param name="model">Its alias.</param>
internal sealed class JudgeStream(RunContext context, ToolOffer tools, string model) : IAnswerSink
{
    /// <summary>Of a fence and the word behind it, in characters.</summary>
    private const int MaxOpeningLength = 256;

    private readonly AnswerFormat _format = context.Format;
    private StringBuilder? _held;
    private bool _isFenced;
    private bool _isHeldBack;
    private bool _waitsForCall = tools.IsRequired;
    private ToolCallStream? _calls;

    public bool Shown { get; private set; }

    /// <summary>Whether the answer grew larger than a run may hold; what came after it is lost.</summary>
    public bool Overflowed { get; private set; }

    public void OnAttempt() => (_held, _isFenced, _isHeldBack, _waitsForCall, _calls) = (null, false, false, tools.IsRequired, null);

    public void OnContent(string text)
    {
        if (_waitsForCall)
        {
            (_held ??= new StringBuilder()).Append(text);
        }
        else if (!Shown)
        {
            Begin(text);
        }
        else if (_isFenced)
        {
            ShowInside(text);
        }
        else
        {
            Show(text);
        }
    }

    public void OnChoices(ReadOnlyMemory<byte> choices) => throw new InvalidOperationException("A judge's answer is read as text.");

    public void OnCalls(ReadOnlyMemory<byte> choices)
    {
        _calls ??= new ToolCallStream(tools, new ToolCallIds(context.Request.Id, model));
        var waiting = _waitsForCall && _held?.ToString() is { } text && !string.IsNullOrWhiteSpace(text) ? text : null;
        var calls = _calls.Take(choices, isFirst: !Shown && waiting is null);
        if (calls.IsEmpty)
        {
            return;
        }

        if (waiting is not null)
        {
            Show(waiting);
        }

        (Shown, _waitsForCall, _held) = (true, false, null);
        Overflowed |= !context.Show(new ChoicesDelta(calls));
    }

    /// <summary>Shows a whole answer that is to be given, where nothing of it could be shown before.</summary>
    public void Complete(string content)
    {
        if (!Shown)
        {
            Show(content);
        }
    }

    private void Begin(string text)
    {
        if (_isHeldBack)
        {
            return;
        }

        if (string.IsNullOrWhiteSpace(text) || (_format.IsJson && text.AsSpan().TrimStart(JsonFence.Whitespace).IsEmpty))
        {
            (_held ??= new StringBuilder()).Append(text);
            return;
        }

        var all = _held is null ? text : _held.Append(text).ToString();
        var start = all.AsSpan().TrimStart(JsonFence.Whitespace);
        if (!_format.IsJson || (!start.IsEmpty && _format.MayBegin(start[0])))
        {
            Show(all);
        }
        else if (JsonFence.MayOpen(start) && start.Length <= MaxOpeningLength)
        {
            BeginInside(all, start);
        }
        else
        {
            _isHeldBack = true;
        }
    }

    private void BeginInside(string all, ReadOnlySpan<char> fenced)
    {
        if (JsonFence.Begin(fenced) is not { } value)
        {
            _held ??= new StringBuilder(all);
        }
        else if (_format.MayBegin(fenced[value]))
        {
            (_isFenced, _held) = (true, null);
            ShowInside(fenced[value..].ToString());
        }
        else
        {
            _isHeldBack = true;
        }
    }

    /// <summary>What may be the end of the fence is shown only if something follows it.</summary>
    private void ShowInside(string text)
    {
        var end = text.AsSpan().TrimEnd(JsonFence.End).Length;
        if (end == 0)
        {
            (_held ??= new StringBuilder()).Append(text);
            return;
        }

        Show(_held is null ? text[..end] : _held.Append(text, 0, end).ToString());
        _held = end == text.Length ? null : new StringBuilder(text, end, text.Length - end, 16);
    }

    private void Show(string text)
    {
        Shown = true;
        Overflowed |= !context.Show(new AnswerDelta(text));
    }
}
