using Ensemble.Grains.Answers;

namespace Ensemble.Grains.Usage;

/// <summary>What silos and watching frontends must agree on. The items go over the same provider as answers.</summary>
internal static class UsageStreams
{
    public const string ProviderName = AnswerStreams.ProviderName;

    public const string Namespace = "usage";

    /// <summary>Most sub-calls and runs of an item.</summary>
    public const int MaxBatch = 512;

    /// <summary>Size, as <see cref="UsagePublisher"/> estimates it, after which an item takes no more: it must fit into a 1 MiB block of an agent's cache.</summary>
    public const int FullBatchSize = 256 * 1024;

    /// <summary>How long what has ended waits for more.</summary>
    public static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(100);

    /// <summary>How often a silo asks who watches.</summary>
    public static readonly TimeSpan AskInterval = TimeSpan.FromSeconds(1);

    /// <summary>How often a frontend says that it watches: every so many beats, and more seldom than silos ask.</summary>
    public const int RenewBeats = 2;

    /// <summary>How long a frontend counts as watching after it has last said so.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
}
