using Ensemble.Execution;
using Ensemble.Runs;
using Ensemble.Usage;

namespace Ensemble.Testing;

/// <summary>Runs that a <see cref="RunHost"/> executes in this process, read where they are: a node of role <c>all</c> without Orleans.</summary>
/// <param name="maxRuns">Runs that are executed at a time at most.</param>
public sealed class TestRunEngine(RunHost host, int maxRuns) : IRunEngine, IRunsInFlight
{
    public int InFlight => host.InFlight;

    public async ValueTask<RunStart> StartAsync(RunRequest request, CancellationToken cancellationToken) =>
        host.InFlight >= maxRuns ? RunStart.Overloaded : (await host.StartAsync(request)).Start;

    public IAsyncEnumerable<RunEvent> ReadAsync(RunId run, long after, CancellationToken cancellationToken) =>
        host.Find(run)?.ReadAsync(after, cancellationToken) ?? AsyncEnumerable.Empty<RunEvent>();

    public ValueTask CancelAsync(RunId run, CancellationToken cancellationToken)
    {
        host.Find(run)?.Abandon();
        return default;
    }

    public ValueTask<RunManifest?> FindManifestAsync(RunId run, CancellationToken cancellationToken) => new(host.FindManifest(run));

    public Task DrainAsync(CancellationToken cancellationToken) => host.DrainAsync(cancellationToken);
}
