namespace Ensemble.Runs;

/// <summary>The next piece of the answer's text.</summary>
public sealed record AnswerDelta(string Text) : RunEvent;
