using Ensemble.Usage;

namespace Ensemble.Silo.Hosting;

/// <summary>Writes the accounts that wait, once everything that could add to them has stopped.</summary>
internal sealed class LedgerShutdown(UsageLedger ledger) : IHostedLifecycleService
{
    public Task StoppedAsync(CancellationToken cancellationToken) => ledger.StopAsync(cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
