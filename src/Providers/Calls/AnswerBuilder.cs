using Ensemble.Chat;
using Ensemble.Providers.Http;
using Ensemble.Upstreams;

namespace Ensemble.Providers.Calls;

/// <summary>Gathers one answer, whole or in chunks, and passes on what a sink may see. What is there so far survives a failure.</summary>
/// <param name="watch">Null only without a sink.</param>
/// <param name="holdback">How the model is known to think; null = it is not known.</param>
/// <param name="keepCalls">Whether a stream's tool calls are passed on beside its text, and kept.</param>
internal sealed class AnswerBuilder(
    IAnswerSink? sink, ICallMonitor? watch, bool keepChoices, ReasoningHoldback? holdback = null, bool keepCalls = false)
{
    private const int MaxTextLength = 4 * 1024 * 1024;

    // Only text that is shown as it comes is filtered as it comes.
    private readonly ReasoningFilter? _filter = sink is null || keepChoices ? null : new ReasoningFilter(holdback is { IsActive: true });
    private PendingSurrogate _half;
    private PendingSurrogate _refusalHalf;
    private TextAccumulator _content;
    private TextAccumulator _refusal;
    private byte[]? _choices;
    private byte[]? _fields;
    private byte[]? _usageFields;
    private ChoicesAggregator? _fold;
    private string? _finishReason;
    private bool _callsTools;
    private bool _hasBegun;
    private bool _isWhole;
    private bool _isShown;
    private int _choiceCount;
    private TokenUsage? _usage;
    private int _received;
    private ulong _seen;
    private ulong _finished;
    private Dictionary<int, bool>? _further;

    /// <summary>Whether each choice that began has said why it ended, and all of it was passed on.</summary>
    public bool IsFinished { get; private set; }

    /// <exception cref="BodyTooLargeException">The text is longer than an answer may be.</exception>
    /// <exception cref="ReasoningLeakedException">What was shown was no answer.</exception>
    public void AddChunk(in Completion chunk)
    {
        IsFinished = false;
        Take(chunk);
        var content = _half.Join(chunk.Content);
        if (_filter is not null)
        {
            if (chunk.HasReasoning && holdback is { IsActive: true })
            {
                Show(_filter.Release());
            }

            Show(Filtered(content));
            if (keepCalls && chunk is { CallsTools: true, RawChoices: { } calls })
            {
                calls = chunk.LacksDelta ? ChoicesAsDelta.Convert(calls) : calls;
                (_fold ??= new ChoicesAggregator()).Add(calls);
                ShowCalls(calls);
            }
        }
        else
        {
            _content.Append(content);
            PassOn(chunk);
        }

        IsFinished = (_seen != 0 || _further is not null) && (_seen & ~_finished) == 0 && _further?.ContainsValue(false) != true;
    }

    /// <summary>Takes an answer that came whole; a sink gets it as one piece.</summary>
    public void AddWhole(in Completion whole)
    {
        Take(whole);
        _isWhole = true;
        _choiceCount = whole.ChoiceCount;
        _choices = whole.RawChoices;
        _fields = whole.Fields;
        var content = _half.Join(whole.Content) + _half.Complete();
        if (_filter is not null)
        {
            Show(Stripped(content));
            if (keepCalls && whole.CallsTools)
            {
                ShowCalls(ChoicesAsDelta.Convert(_choices));
            }

            return;
        }

        _content.Append(content);
        if (sink is not null)
        {
            Begin();
            ShowFields(whole.Fields);
            sink.OnChoices(ChoicesAsDelta.Convert(_choices));
        }
    }

    /// <summary>Shows what was held back, since no more text comes.</summary>
    public void Complete()
    {
        _refusal.Append(_refusalHalf.Complete());
        if (_filter is not null)
        {
            Show(Filtered(_half.Complete()));
            Show(_filter.Complete());
        }
        else
        {
            _content.Append(_half.Complete());
        }

        if (_fold is not null)
        {
            (_choices, _choiceCount) = (_fold.Write(), _fold.Count);
        }
    }

    /// <summary>The result of an answer that came to its end.</summary>
    public UpstreamResult Result()
    {
        var answer = Answer();
        return With(Outcome(answer)) with { Answer = answer };
    }

    /// <summary>The result of a call that failed, with what came in until then.</summary>
    public UpstreamResult Failure(CallOutcome outcome, UpstreamError error) =>
        With(outcome) with { Error = error, Answer = _content.Length > 0 ? Answer() : null };

    private void Take(in Completion completion)
    {
        _usage = completion.Usage is { } usage ? usage.After(_usage) : _usage;
        _usageFields = completion.UsageFields ?? _usageFields;
        _seen |= completion.Choices;
        _finished |= completion.FinishedChoices;
        if (completion.FurtherChoices is { } choices)
        {
            TakeFurther(choices);
        }

        _finishReason = completion.FinishReason ?? _finishReason;
        _callsTools |= completion.CallsTools;
        _received += (completion.Content?.Length ?? 0) + completion.OtherCharacters;
        _refusal.Append(_refusalHalf.Join(completion.Refusal));
        if (_received + _refusal.Length > MaxTextLength)
        {
            throw new BodyTooLargeException(MaxTextLength);
        }
    }

    private void TakeFurther(List<(int Index, bool Ends)> choices)
    {
        _further ??= [];
        foreach (var (index, ends) in choices)
        {
            _further[index] = ends || _further.GetValueOrDefault(index);
        }
    }

    private void PassOn(in Completion chunk)
    {
        if (chunk.HasContent)
        {
            Begin();
        }

        if (chunk.Fields is not null)
        {
            _fields = chunk.Fields;
            ShowFields(chunk.Fields);
        }

        if (chunk.RawChoices is not { } choices)
        {
            return;
        }

        // Clients of OpenAI take the delta for granted.
        choices = chunk.LacksDelta ? ChoicesAsDelta.Convert(choices) : choices;
        if (sink is not null)
        {
            sink.OnChoices(choices);
        }
        else
        {
            (_fold ??= new ChoicesAggregator()).Add(choices);
        }
    }

    private void ShowFields(byte[]? fields)
    {
        if (fields is not null)
        {
            sink?.OnFields(fields);
        }
    }

    private string Filtered(string piece)
    {
        var shown = _filter!.Push(piece);
        if (_filter.HasUnopenedClose)
        {
            holdback?.OnUnopenedClose();
            if (_filter.HasLeakedReasoning)
            {
                throw new ReasoningLeakedException();
            }
        }

        return shown;
    }

    private string Stripped(string content)
    {
        var answer = ReasoningFilter.Strip(content, out var hasUnopenedClose);
        if (hasUnopenedClose)
        {
            holdback?.OnUnopenedClose();
        }

        return answer;
    }

    private void Show(string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        _content.Append(text);
        _isShown = true;
        Begin();
        sink!.OnContent(text);
    }

    private void ShowCalls(byte[] choices)
    {
        Begin();
        sink!.OnCalls(choices);
    }

    private void Begin()
    {
        if (!_hasBegun && sink is not null)
        {
            watch!.OnFirstContent();
        }

        _hasBegun = true;
    }

    private ChatAnswer Answer()
    {
        var content = _isShown ? _content.ToString() : Stripped(_content.ToString());
        return new ChatAnswer(content, _finishReason ?? AssumedReason)
        {
            Refusal = _refusal.Length > 0 ? _refusal.ToString() : null,
            Choices = _choices,
            Fields = sink is null ? _fields : null,
            UsageFields = _usageFields,
            CallsTools = _callsTools,
        };
    }

    // A whole answer has its end where its JSON has, so that a reason may be left out. A stream without one was cut.
    private string AssumedReason => !_isWhole ? "" : _callsTools ? FinishReason.ToolCalls : FinishReason.Stop;

    private UpstreamResult With(CallOutcome outcome) => new() { Outcome = outcome, Usage = _usage, ReceivedCharacters = _received };

    /// <summary>Of several choices one that is of use is enough; else the first one says why there is none.</summary>
    private CallOutcome Outcome(ChatAnswer answer)
    {
        var outcome = ChatChoices.OutcomeOf(answer);
        return outcome != CallOutcome.Ok && _choiceCount > 1
            && ChatChoices.Split(answer).Any(choice => ChatChoices.OutcomeOf(choice) == CallOutcome.Ok)
            ? CallOutcome.Ok
            : outcome;
    }
}
