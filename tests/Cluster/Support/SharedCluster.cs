namespace Ensemble.Cluster.Tests.Support;

/// <summary>One cluster of processes for those tests of a class that stop none of them. The first that asks for it starts it.</summary>
public sealed class SharedCluster : IAsyncDisposable
{
    private NodeCluster? _nodes;

    /// <summary>Skips the test where there is no PostgreSQL.</summary>
    internal async Task<NodeCluster> StartedAsync() => _nodes ??= await NodeCluster.StartAsync();

    public ValueTask DisposeAsync() => _nodes?.DisposeAsync() ?? ValueTask.CompletedTask;
}
