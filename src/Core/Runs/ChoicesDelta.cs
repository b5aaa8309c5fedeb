namespace Ensemble.Runs;

/// <summary>The next chunk of a direct model's answer, or an ensemble's tool calls: a JSON array of choices, with ids of ours.</summary>
public sealed record ChoicesDelta(ReadOnlyMemory<byte> Choices) : RunEvent
{
    /// <summary>What the provider said beside them, as a JSON object; empty where it said nothing.</summary>
    public ReadOnlyMemory<byte> Fields { get; init; }

    /// <summary>In bytes.</summary>
    public int Size => Choices.Length + Fields.Length;
}
