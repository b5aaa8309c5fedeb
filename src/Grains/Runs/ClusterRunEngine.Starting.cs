using Ensemble.Runs;
using Ensemble.Telemetry;
using Microsoft.Extensions.Logging;

namespace Ensemble.Grains.Runs;

public sealed partial class ClusterRunEngine
{
    private async ValueTask<RunStart> TryStartAsync(PendingRun run, bool isNew)
    {
        // Of one that was lost with its silo the next incarnation knows what the panel has answered.
        var isLost = run.WasStarted && isNew && await FindLastAsync(run) is null;
        var request = isLost ? run.After(run.Request.Incarnation) : run.Request;
        run.WasStarted = true;
        return await StartSomewhereAsync(run, request, isNew);
    }

    /// <summary>A silo that stops takes no runs; the next one asked is another, which may be one that stops, too.</summary>
    private async ValueTask<RunStart> StartSomewhereAsync(PendingRun run, RunRequest request, bool isNew)
    {
        for (var tries = 1; ; tries++)
        {
            var start = await StartAsync(run, request, isNew);
            if (start != RunStart.Draining || tries == MaxStarts)
            {
                return start;
            }

            await Task.Delay(Pause * tries, _calls.Time, CancellationToken.None);
        }
    }

    private async ValueTask<RunStart> StartAsync(PendingRun run, RunRequest request, bool isNew)
    {
        if (_local is not null || request.Chat.Body.Length < LargeRequestBytes)
        {
            return await AskAsync(run, request, isNew, StartTimeout);
        }

        using (var limit = new CancellationTokenSource(LargeRequestTimeout, _calls.Time))
        {
            try
            {
                await _large.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                return RunStart.Overloaded;
            }
        }

        try
        {
            // Its turn is over when the silo has it: whole answers are pulled, too.
            return await AskAsync(run, request, isNew, TimeSpan.Zero);
        }
        finally
        {
            _large.Release();
        }
    }

    private async ValueTask<RunStart> AskAsync(PendingRun run, RunRequest request, bool isNew, TimeSpan limit)
    {
        var isStreamed = request.Chat.Stream;
        var answered = await Grain(request.Id).AskAsync(
            request,

            // Read where it is; or pulled, where another silo took it.
            isStreamed || _local is not null ? TimeSpan.Zero : limit,
            isStreamed && isNew && _local is not { IsDraining: false } ? _stream?.Open(request.Id, request.Incarnation) : null);
        (run.Answered, run.Silo) = (answered.Events, answered.Silo ?? run.Silo);
        return answered.Start;
    }

    [LoggerMessage(
        EventId = EventIds.RunOutOfReach, EventName = nameof(EventIds.RunOutOfReach), Level = LogLevel.Warning,
        Message = "Run {RunId} cannot be reached now. Check that silos answer.")]
    private static partial void LogNotReached(ILogger logger, Exception exception, string runId);
}
