namespace Ensemble.Grains.Usage;

/// <summary>What is the same for all streams of usage.</summary>
internal static class UsageStreams
{
    public const string Namespace = "usage";

    /// <summary>Most sub-calls and runs of an item.</summary>
    public const int MaxBatch = 512;

    /// <summary>Size, as <see cref="UsagePublisher"/> estimates it, after which an item takes no more.</summary>
    public const int FullBatchSize = 256 * 1024;

    /// <summary>How long what has ended waits for more.</summary>
    public static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(100);

    /// <summary>How often a frontend says that it watches.</summary>
    public static readonly TimeSpan RenewalInterval = TimeSpan.FromSeconds(2);

    /// <summary>How long a frontend counts as watching after it has last said so.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);
}
