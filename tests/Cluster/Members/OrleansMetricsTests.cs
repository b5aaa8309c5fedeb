using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Ensemble.Cluster.Tests.Support;
using Ensemble.Silo.Telemetry;

namespace Ensemble.Cluster.Tests.Members;

/// <summary>Orleans' instruments, as its version names them.</summary>
public sealed class OrleansMetricsTests
{
    [Fact]
    public async Task Instruments_ThatAreRead_AreThereAfterARun()
    {
        var published = new ConcurrentDictionary<string, bool>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == OrleansMetrics.Meter)
            {
                published[instrument.Name] = true;
            }
        };
        listener.Start();

        await using var bench = await ClusterBench.StartAsync();
        (await bench.Frontends[0].ChatAsync(ClusterBench.Ask)).Status.ShouldBe(200);

        OrleansMetrics.Read.Except(published.Keys).ShouldBeEmpty();
    }
}
