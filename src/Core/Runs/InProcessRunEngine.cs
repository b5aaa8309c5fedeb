using Ensemble.Usage;
using Microsoft.Extensions.Logging;

namespace Ensemble.Runs;

/// <summary>Runs of this process alone, without a cluster: what a <see cref="RunHost"/> executes is read where it is.</summary>
/// <param name="maxRuns">What <paramref name="host"/> executes at most; from half of it on the log says so.</param>
public sealed class InProcessRunEngine(RunHost host, int maxRuns, ILogger<Run> logger) : IRunEngine, IRunsInFlight
{
    private readonly HalfFull _halfFull = new(maxRuns);

    public int InFlight => host.InFlight;

    public async ValueTask<RunStart> StartAsync(RunRequest request, CancellationToken cancellationToken)
    {
        var (_, start) = await host.StartAsync(request);
        if (host.InFlight is var inFlight && _halfFull.Notices(inFlight))
        {
            RunLog.HalfFull(logger, inFlight, maxRuns);
        }

        return start;
    }

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
