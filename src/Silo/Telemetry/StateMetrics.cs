using Ensemble.Catalog;
using Ensemble.Execution;
using Ensemble.Gates;
using Ensemble.Runs;
using Ensemble.Storage;
using Ensemble.Telemetry;
using Ensemble.Usage;

namespace Ensemble.Silo.Telemetry;

/// <summary>Shows how the parts of this process stand, as many as it has.</summary>
internal sealed class StateMetrics(IServiceProvider services, StateInstruments instruments) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        instruments.Watch(services.GetRequiredService<ICatalog>());
        if (services.GetService<IRunsInFlight>() is { } runs)
        {
            instruments.Watch(runs, "frontend");
        }

        if (services.GetService<RunHost>() is { } host)
        {
            instruments.Watch(host, "silo");
        }

        if (services.GetService<IGateHosts>() is { } gates)
        {
            instruments.Watch(gates);
        }

        if (services.GetService<ByteBudget>() is { } buffers)
        {
            instruments.Watch(buffers);
        }

        if (services.GetService<UsageLedger>() is { } ledger)
        {
            instruments.Watch(ledger);
        }

        if (services.GetService<IEnsembleStorage>() is { } storage)
        {
            instruments.WatchDatabase(() => storage.Timeouts, () => storage.IsAnswering);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
