namespace Ensemble.Evaluation;

/// <summary>An evaluation cannot be made as it was asked for. The message is for the person who asked.</summary>
public sealed class EvaluationException(string message) : Exception(message);
