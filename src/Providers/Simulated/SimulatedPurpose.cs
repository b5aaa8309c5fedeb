namespace Ensemble.Providers.Simulated;

/// <summary>What a draw decides. Each purpose has a draw of its own, so that a new one does not shift the others.</summary>
internal enum SimulatedPurpose
{
    Latency = 1,
    Failure,
    Accuracy,
    WrongAnswer,
    Phrase,
    Detail,
    Truth,
    Confidence,
    Choice,
    CallId,
    Embedding,
    Correlation,
}
