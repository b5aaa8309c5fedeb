using Ensemble.Runs;
using Ensemble.Usage;

namespace Ensemble.Grains.Answers;

/// <summary>A <see cref="RunEvent"/> on the wire: which of its fields say something depends on <see cref="Kind"/>.</summary>
[GenerateSerializer]
[Immutable]
[Alias(WireNames.RunEvent)]
public sealed record RunEventMessage
{
    [Id(0)]
    public required RunEventKind Kind { get; init; }

    [Id(1)]
    public required long Sequence { get; init; }

    [Id(2)]
    public required int Incarnation { get; init; }

    /// <summary>A piece of the answer, or the reason of a degradation.</summary>
    [Id(3)]
    public string? Text { get; init; }

    [Id(4)]
    public ReadOnlyMemory<byte> Choices { get; init; }

    [Id(5)]
    public int Usable { get; init; }

    [Id(6)]
    public double? Agreement { get; init; }

    [Id(7)]
    public RunAnswer? Answer { get; init; }

    [Id(8)]
    public RunFailure? Failure { get; init; }

    [Id(9)]
    public UsageTotals? Usage { get; init; }

    /// <summary>What a provider said beside <see cref="Choices"/>.</summary>
    [Id(10)]
    public ReadOnlyMemory<byte> Fields { get; init; }

    public static RunEventMessage From(RunEvent runEvent)
    {
        var (sequence, incarnation) = (runEvent.Sequence, runEvent.Incarnation);
        return runEvent switch
        {
            AnswerDelta delta =>
                new() { Kind = RunEventKind.AnswerDelta, Sequence = sequence, Incarnation = incarnation, Text = delta.Text },
            ChoicesDelta delta => new()
            {
                Kind = RunEventKind.ChoicesDelta,
                Sequence = sequence,
                Incarnation = incarnation,
                Choices = delta.Choices,
                Fields = delta.Fields,
            },
            PanelClosed panel => new()
            {
                Kind = RunEventKind.PanelClosed,
                Sequence = sequence,
                Incarnation = incarnation,
                Usable = panel.Usable,
                Agreement = panel.Agreement,
            },
            AnswerDegraded degraded =>
                new() { Kind = RunEventKind.AnswerDegraded, Sequence = sequence, Incarnation = incarnation, Text = degraded.Reason },
            RunCompleted end => new()
            {
                Kind = RunEventKind.RunCompleted,
                Sequence = sequence,
                Incarnation = incarnation,
                Answer = end.Answer,
                Usage = end.Usage,
            },
            RunFailed end => new()
            {
                Kind = RunEventKind.RunFailed,
                Sequence = sequence,
                Incarnation = incarnation,
                Failure = end.Failure,
                Usage = end.Usage,
            },
            _ => throw new ArgumentException($"{runEvent.GetType().Name} has no form on the wire.", nameof(runEvent)),
        };
    }

    public RunEvent ToEvent()
    {
        RunEvent runEvent = Kind switch
        {
            RunEventKind.AnswerDelta => new AnswerDelta(Text!),
            RunEventKind.ChoicesDelta => new ChoicesDelta(Choices) { Fields = Fields },
            RunEventKind.PanelClosed => new PanelClosed(Usable, Agreement),
            RunEventKind.AnswerDegraded => new AnswerDegraded(Text!),
            RunEventKind.RunCompleted => new RunCompleted(Answer!, Usage!),
            RunEventKind.RunFailed => new RunFailed(Failure!, Usage!),
            _ => throw new InvalidDataException($"There is no event of kind {Kind}."),
        };
        runEvent.Stamp(Sequence, Incarnation);
        return runEvent;
    }
}
