namespace Ensemble.Grains.Answers;

/// <summary>
/// What silos and frontends must agree on: a queue is chosen by a hash over the number of queues, so that two processes with other numbers
/// here do not hear each other.
/// </summary>
internal static class AnswerStreams
{
    public const string ProviderName = "ensemble-answers";

    public const string Namespace = "answers";

    /// <summary>The name under which Orleans looks for the storage of subscriptions.</summary>
    public const string SubscriptionStore = "PubSubStore";

    /// <summary>
    /// Each queue is asked every <see cref="PollInterval"/>, busy or not, by an agent on one silo. There are a handful of streams, one a
    /// frontend: four queues spread them over the silos at half of what the usual eight cost when idle.
    /// </summary>
    public const int QueueCount = 4;

    /// <summary>Items that an agent hands on at once; one by one, a queue carries fewer than what one busy frontend reads.</summary>
    public const int ItemsAtOnce = 64;

    /// <summary>Most events of a batch.</summary>
    public const int MaxBatchEvents = 256;

    /// <summary>Characters or bytes of answer after which a batch takes no further event.</summary>
    public const int FullBatchSize = 16 * 1024;

    /// <summary>An event above this is read from the journal: an item must fit into a 1 MiB block of an agent's cache.</summary>
    public const int MaxEventSize = 128 * 1024;

    /// <summary>How often an agent looks into its queue: the best part of a delta's way. The usual 100 ms is seen by a reader.</summary>
    public static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>How long an agent keeps what it has handed on. Nobody reads it a second time, and the usual half hour is all the answers of that time.</summary>
    public static readonly TimeSpan KeptInCache = TimeSpan.FromSeconds(10);
}
