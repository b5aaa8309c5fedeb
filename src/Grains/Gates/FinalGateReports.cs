using Ensemble.Gates;
using Ensemble.Telemetry;
using Microsoft.Extensions.Logging;

namespace Ensemble.Grains.Gates;

/// <summary>Tells the gates what a silo that stops has not told them: they would take its calls for lost.</summary>
internal sealed partial class FinalGateReports(GateAgent agent, ILogger<FinalGateReports> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(2);

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(FinalGateReports), ServiceLifecycleStage.Active, static _ => Task.CompletedTask, FlushAsync);

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            await agent.FlushAsync(cancellationToken).WaitAsync(FlushTimeout, cancellationToken);
        }
        catch (Exception exception)
        {
            LogReportsNotSent(logger, exception);
        }
    }

    [LoggerMessage(
        EventId = EventIds.LastCallsNotReported, EventName = nameof(EventIds.LastCallsNotReported), Level = LogLevel.Warning,
        Message = "Gates were not told of the last calls of this silo, and take them for lost. Check that the other silos answer.")]
    private static partial void LogReportsNotSent(ILogger logger, Exception exception);
}
