using Ensemble.Frontend.Options;
using Ensemble.Runs;
using Ensemble.Telemetry;

namespace Ensemble.Frontend.Health;

/// <summary>
/// Stops gracefully: from the first moment of a stop new runs are refused and readiness says so, while the listener stays
/// open; runs in flight finish within the limit, then the host goes on stopping.
/// </summary>
internal sealed partial class Drain(
    IRunsInFlight engine, FrontendOptions options, TimeProvider time, ILogger<Drain> logger) : IHostedLifecycleService
{
    private volatile bool _draining;

    public bool IsDraining => _draining;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Drain, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);

        // The engine first: once readiness says so, no run is taken any more.
        var drained = engine.DrainAsync(linked.Token);
        _draining = true;
        if (engine.InFlight > 0)
        {
            LogDraining(logger, engine.InFlight, options.Drain.TotalSeconds);
        }

        await drained;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(
        EventId = EventIds.Draining, EventName = nameof(EventIds.Draining), Level = LogLevel.Information,
        Message = "Stopping: {Runs} runs in flight may finish, for at most {Seconds} s.")]
    private static partial void LogDraining(ILogger logger, int runs, double seconds);
}
