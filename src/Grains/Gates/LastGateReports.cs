using Ensemble.Gates;
using Microsoft.Extensions.Logging;

namespace Ensemble.Grains.Gates;

/// <summary>Tells the gates what a silo that stops has not told them: they would take its calls for lost.</summary>
internal sealed partial class LastGateReports(GateAgent agent, ILogger<LastGateReports> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(LastGateReports), ServiceLifecycleStage.Active, static _ => Task.CompletedTask, FlushAsync);

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            await agent.FlushAsync(cancellationToken).WaitAsync(Patience, cancellationToken);
        }
        catch (Exception exception)
        {
            LogNotTold(logger, exception);
        }
    }

    [LoggerMessage(71, LogLevel.Warning, "Gates were not told what this silo called last")]
    private static partial void LogNotTold(ILogger logger, Exception exception);
}
