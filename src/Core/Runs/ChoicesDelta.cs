namespace Ensemble.Runs;

/// <summary>The next chunk of a direct model's answer: a JSON array of choices as its provider sent it, with ids of ours.</summary>
public sealed record ChoicesDelta(ReadOnlyMemory<byte> Choices) : RunEvent;
