using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Cluster.Tests.Support;

/// <summary>One cluster for those tests of a class that leave it as it was: to start three silos takes longer than most tests.</summary>
public sealed class SharedBench : IAsyncLifetime
{
    internal ClusterBench Bench { get; private set; } = null!;

    /// <summary>What has arrived at its grains.</summary>
    internal CallLog Calls { get; } = new();

    public async ValueTask InitializeAsync() =>
        Bench = await ClusterBench.StartAsync(silos: silo => silo.Services.AddSingleton<IIncomingGrainCallFilter>(Calls));

    public ValueTask DisposeAsync() => Bench.DisposeAsync();
}
