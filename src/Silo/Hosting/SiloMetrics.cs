using Ensemble.Execution;
using Ensemble.Gates;
using Ensemble.Telemetry;

namespace Ensemble.Silo.Hosting;

/// <summary>Shows how a silo stands: its runs, and the gates that live in it.</summary>
internal sealed class SiloMetrics(RunHost runs, IGateHosts gates, StateInstruments instruments) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        instruments.Watch(runs, "silo");
        instruments.Watch(gates);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
