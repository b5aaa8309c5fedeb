using Ensemble.Usage;

namespace Ensemble.Runs;

/// <summary>A step of a run that its caller may see.</summary>
public abstract record RunEvent
{
    /// <summary>From 1, without gaps, within one incarnation.</summary>
    public long Sequence { get; private set; }

    /// <summary>Events of an older incarnation than the newest one seen are void.</summary>
    public int Incarnation { get; private set; }

    /// <summary>Called once, by the journal, or by the code that restores an event from a message.</summary>
    public void Stamp(long sequence, int incarnation)
    {
        Sequence = sequence;
        Incarnation = incarnation;
    }
}

/// <summary>The answer is not what the ensemble was set up to give. Comes before the answer's first piece.</summary>
/// <param name="Reason">A stable word: <c>judge_failed</c>, <c>deadline</c>.</param>
public sealed record AnswerDegraded(string Reason) : RunEvent;

/// <summary>The next piece of the answer's text.</summary>
public sealed record AnswerDelta(string Text) : RunEvent;

/// <summary>The next chunk of a direct model's answer, or an ensemble's tool calls: a JSON array of choices, with ids of ours.</summary>
public sealed record ChoicesDelta(ReadOnlyMemory<byte> Choices) : RunEvent
{
    /// <summary>What the provider said beside them, as a JSON object; empty where it said nothing.</summary>
    public ReadOnlyMemory<byte> Fields { get; init; }

    /// <summary>In bytes.</summary>
    public int Size => Choices.Length + Fields.Length;
}

/// <summary>The panel has answered as far as it was waited for.</summary>
/// <param name="Usable">Answers with which the run goes on.</param>
/// <param name="Agreement">From 0 to 1; null below two answers.</param>
public sealed record PanelClosed(int Usable, double? Agreement) : RunEvent;

/// <summary>The answer is whole. The last event of its run.</summary>
public sealed record RunCompleted(RunAnswer Answer, UsageTotals Usage) : RunEvent;

/// <summary>There is no answer, or none beyond what was shown. The last event of its run.</summary>
public sealed record RunFailed(RunFailure Failure, UsageTotals Usage) : RunEvent;
