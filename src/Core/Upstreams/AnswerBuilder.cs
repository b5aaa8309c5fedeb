using Ensemble.Chat;
using Ensemble.Upstreams.Http;

namespace Ensemble.Upstreams;

/// <summary>Gathers one answer, whole or in chunks, and passes on what a sink may see. What is there so far survives a failure.</summary>
/// <param name="watch">Null only without a sink.</param>
internal sealed class AnswerBuilder(IAnswerSink? sink, ICallWatch? watch, bool keepChoices)
{
    private const int LongestText = 4 * 1024 * 1024;

    private readonly ThinkFilter _filter = new();
    private JoinedText _content;
    private JoinedText _refusal;
    private byte[]? _choices;
    private string? _finishReason;
    private bool _callsTools;
    private bool _hasBegun;
    private bool _isWhole;
    private int _choiceCount;
    private TokenUsage? _usage;
    private int _received;
    private ulong _seen;
    private ulong _finished;

    /// <summary>Whether each choice that began has said why it ended.</summary>
    public bool IsFinished => _seen != 0 && (_seen & ~_finished) == 0;

    /// <exception cref="BodyTooLargeException">The text is longer than an answer may be.</exception>
    public void AddChunk(in Completion chunk)
    {
        Take(chunk);
        if (!keepChoices)
        {
            Show(_filter.Push(chunk.Content ?? ""));
            return;
        }

        _content.Append(_filter.Push(chunk.Content ?? ""));
        if (chunk is { Content.Length: > 0 } or { Refusal.Length: > 0 } or { OtherCharacters: > 0 } or { CallsTools: true } or { HasReasoning: true })
        {
            Begin();
        }

        if (chunk.RawChoices is { } choices)
        {
            // Clients of OpenAI take the delta for granted.
            sink?.OnChoices(chunk.LacksDelta ? ChoicesAsDelta.Convert(choices) : choices);
        }
    }

    /// <summary>Takes an answer that came whole; a sink gets it as one piece.</summary>
    public void AddWhole(in Completion whole)
    {
        Take(whole);
        _isWhole = true;
        _choiceCount = whole.ChoiceCount;
        _choices = whole.RawChoices;
        var content = _filter.Push(whole.Content ?? "") + _filter.Complete();
        if (sink is null || !keepChoices)
        {
            Show(content);
            return;
        }

        _content.Append(content);
        Begin();
        sink.OnChoices(ChoicesAsDelta.Convert(_choices));
    }

    /// <summary>Shows what was held back, since no more text comes.</summary>
    public void Complete()
    {
        var rest = _filter.Complete();
        if (keepChoices)
        {
            _content.Append(rest);
        }
        else
        {
            Show(rest);
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
        _usage = completion.Usage ?? _usage;
        _seen |= completion.Choices;
        _finished |= completion.FinishedChoices;
        _finishReason = completion.FinishReason ?? _finishReason;
        _callsTools |= completion.CallsTools;
        _received += (completion.Content?.Length ?? 0) + completion.OtherCharacters;
        _refusal.Append(completion.Refusal);
        if (_received + _refusal.Length > LongestText)
        {
            throw new BodyTooLargeException(LongestText);
        }
    }

    private void Show(string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        _content.Append(text);
        Begin();
        sink?.OnContent(text);
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
        var content = _content.ToString();
        return new ChatAnswer(content, _finishReason ?? AssumedReason(content))
        {
            Refusal = _refusal.Length > 0 ? _refusal.ToString() : null,
            Choices = _choices,
            CallsTools = _callsTools,
        };
    }

    // Some servers leave the reason out of a whole answer. A stream without one was cut.
    private string AssumedReason(string content) => (_isWhole, _callsTools, string.IsNullOrWhiteSpace(content)) switch
    {
        (true, true, _) => "tool_calls",
        (true, false, false) => "stop",
        _ => "",
    };

    private UpstreamResult With(CallOutcome outcome) => new() { Outcome = outcome, Usage = _usage, ReceivedCharacters = _received };

    /// <summary>Of several choices one that is of use is enough; else the first one says why there is none.</summary>
    private CallOutcome Outcome(ChatAnswer answer)
    {
        var outcome = ChatChoices.OutcomeOf(answer);
        return outcome != CallOutcome.Ok && _choiceCount > 1 && ChatChoices.Split(answer).Any(choice => ChatChoices.OutcomeOf(choice) == CallOutcome.Ok)
            ? CallOutcome.Ok
            : outcome;
    }
}
