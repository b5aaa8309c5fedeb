using System.Collections.Concurrent;
using Ensemble.Usage;

namespace Ensemble.Cluster.Tests.Support;

/// <summary>The usage events of all silos.</summary>
internal sealed class RecordedUsage : IUsageSink
{
    private readonly ConcurrentQueue<UsageEvent> _events = new();

    public IReadOnlyList<UsageEvent> Events => [.. _events];

    /// <summary>Whether accounts pile up.</summary>
    public bool IsNearlyFull { get; set; }

    public void Append(UsageEvent usage) => _events.Enqueue(usage);
}
