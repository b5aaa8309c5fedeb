namespace Ensemble.Grains.Answers;

/// <summary>How a streamed answer comes to a frontend in another process. A whole one comes with the call that asks for it.</summary>
public enum AnswerTransport
{
    /// <summary>The frontend enumerates them at the run's grain.</summary>
    Pull,

    /// <summary>The run's silo pushes them on the frontend's stream; what does not arrive is pulled.</summary>
    Stream,
}

/// <summary>What is the same for all streams of answers.</summary>
internal static class AnswerStreams
{
    public const string Namespace = "answers";

    /// <summary>Most events of a batch.</summary>
    public const int MaxBatchEvents = 256;

    /// <summary>Characters or bytes of answer after which a batch takes no further event.</summary>
    public const int FullBatchSize = 16 * 1024;
}
