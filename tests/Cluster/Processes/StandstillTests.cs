using Ensemble.Cluster.Tests.Support;

namespace Ensemble.Cluster.Tests.Processes;

/// <summary>A silo that stands still is declared dead; when it goes on, it must not serve beside those that took its grains over.</summary>
public sealed class StandstillTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Resume_SiloThatWasDeclaredDead_EndsItselfWithinTenSeconds()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no signals on Windows.");
        await using var cluster = await NodeCluster.StartAsync();
        var silo = cluster.Silos[0];
        await silo.SuspendAsync();
        await cluster.WaitForDeadAsync(1);

        await silo.ResumeAsync();

        await silo.WaitForExitAsync().WaitAsync(MaxWait, Now.Cancel);
    }
}
