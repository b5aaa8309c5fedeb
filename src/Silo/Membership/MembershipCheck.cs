using Ensemble.Frontend.Options;

namespace Ensemble.Silo.Membership;

/// <summary>Ends the start of a node whose database was not prepared, in words that say what to do.</summary>
internal sealed class MembershipCheck(MembershipSchema schema) : IHostedLifecycleService
{
    public const string NoTables =
        "The database of Cluster:ConnectionString has no tables of the cluster's members. Make them once, as a user who may create tables: "
        + "ensemble-silo schema";

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (!await schema.ExistsAsync(cancellationToken))
        {
            throw new StartupException(NoTables);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
