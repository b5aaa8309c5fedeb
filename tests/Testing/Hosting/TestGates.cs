using Ensemble.Catalog;
using Ensemble.Gates;
using Ensemble.Usage;

namespace Ensemble.Testing;

/// <summary>Gates as their grains keep them, in this process and on a clock of the test: they are saved, and tell of lost leases.</summary>
public sealed class TestGates : ProcessGates, IAsyncDisposable
{
    private readonly IUsageSink _usage;
    private readonly ITimer _timer;

    public TestGates(ICatalog catalog, TimeProvider time, IGateStore store, IUsageSink usage)
        : base(catalog, store, time)
    {
        _usage = usage;
        _timer = time.CreateTimer(static state => _ = ((TestGates)state!).SaveAsync(), this, GateHost.SaveInterval, GateHost.SaveInterval);
    }

    /// <summary>Saves what has changed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await SaveAsync();
    }

    private async Task SaveAsync()
    {
        foreach (var gate in Hosts)
        {
            gate.ReportExpired(_usage);
            await gate.SaveAsync();
        }
    }
}
