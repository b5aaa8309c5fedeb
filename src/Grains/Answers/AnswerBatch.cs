using Ensemble.Grains.Runs;
using Ensemble.Runs;

namespace Ensemble.Grains.Answers;

/// <summary>One item of a frontend's stream: some consecutive events of one run, or a beat.</summary>
[GenerateSerializer]
[Immutable]
[Alias(Aliases.AnswerBatch)]
public sealed record AnswerBatch
{
    /// <summary>The run's name; null = a beat.</summary>
    [Id(0)]
    public string? Run { get; init; }

    [Id(1)]
    public int Incarnation { get; init; }

    /// <summary>The number of the first event.</summary>
    [Id(2)]
    public long FirstSequence { get; init; }

    /// <summary>In order, without gaps. None, though there is a run: what comes from <see cref="FirstSequence"/> on must be pulled.</summary>
    [Id(3)]
    public RunEventMessage[] Events { get; init; } = [];

    /// <summary>A beat's number, from 1 for each subscription.</summary>
    [Id(4)]
    public long Beat { get; init; }

    /// <summary>The number of the last event.</summary>
    public long LastSequence => FirstSequence + Events.Length - 1;

    public static AnswerBatch OfBeat(long number) => new() { Beat = number };

    public static AnswerBatch Of(RunId run, int incarnation, long firstSequence, IEnumerable<RunEventMessage> events) =>
        new() { Run = run.Value, Incarnation = incarnation, FirstSequence = firstSequence, Events = [.. events] };
}
