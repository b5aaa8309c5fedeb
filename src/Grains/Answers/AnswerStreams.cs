namespace Ensemble.Grains.Answers;

/// <summary>What is the same for all streams of answers.</summary>
internal static class AnswerStreams
{
    public const string Namespace = "answers";

    /// <summary>Most events of a batch.</summary>
    public const int MaxBatchEvents = 256;

    /// <summary>Characters or bytes of answer after which a batch takes no further event.</summary>
    public const int FullBatchSize = 16 * 1024;
}
