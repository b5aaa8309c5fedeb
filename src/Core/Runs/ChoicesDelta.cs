namespace Ensemble.Runs;

/// <summary>The next chunk of a direct model's answer, or an ensemble's tool calls: a JSON array of choices, with ids of ours.</summary>
public sealed record ChoicesDelta(ReadOnlyMemory<byte> Choices) : RunEvent;
