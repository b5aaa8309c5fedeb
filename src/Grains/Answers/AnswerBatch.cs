namespace Ensemble.Grains.Answers;

/// <summary>One item of a frontend's stream: some consecutive events of one run. Field 4 was another thing's, and stays unused.</summary>
[GenerateSerializer]
[Immutable]
[Alias(WireNames.AnswerBatch)]
public sealed record AnswerBatch
{
    /// <summary>The run's name.</summary>
    [Id(0)]
    public required string Run { get; init; }

    [Id(1)]
    public required int Incarnation { get; init; }

    /// <summary>The number of the first event.</summary>
    [Id(2)]
    public required long FirstSequence { get; init; }

    /// <summary>In order, without gaps; at least one.</summary>
    [Id(3)]
    public RunEventMessage[] Events { get; init; } = [];

    /// <summary>The number of the last event.</summary>
    public long LastSequence => FirstSequence + Events.Length - 1;

    public static AnswerBatch Of(RunId run, int incarnation, long firstSequence, IEnumerable<RunEventMessage> events) =>
        new() { Run = run.Value, Incarnation = incarnation, FirstSequence = firstSequence, Events = [.. events] };
}
