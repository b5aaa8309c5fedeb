using Ensemble.Grains.Runs;
using Ensemble.Grains.Streams;
using Ensemble.Runs;
using Microsoft.Extensions.Logging;

namespace Ensemble.Grains.Answers;

/// <summary>
/// Brings the events of runs to the frontends that asked for them, beside the runs: each has its own reader of the journal, one message in
/// flight, and no way to hold the run up.
/// </summary>
internal sealed partial class AnswerPublisher(IStreamWire<AnswerBatch> wire, TimeProvider time, ILogger<AnswerPublisher> logger)
{
    /// <summary>Time between two messages of a run: what comes within it goes together. After a pause, and for the first byte, nothing waits.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(4);

    /// <summary>
    /// Publishes a journal from its beginning to its end. Never throws: after a failure it gives up, and the frontend, which
    /// hears nothing any more, pulls.
    /// </summary>
    public async Task PublishAsync(RunJournal journal, RunId run, int incarnation, string address)
    {
        try
        {
            await CopyAsync(journal, run, incarnation, address);
        }
        catch (Exception exception)
        {
            LogGivenUp(logger, exception, run.Value);
        }
    }

    private async Task CopyAsync(RunJournal journal, RunId run, int incarnation, string address)
    {
        using var stop = new CancellationTokenSource();
        await using var events = journal.ReadAsync(0, stop.Token).GetAsyncEnumerator(CancellationToken.None);
        var next = events.MoveNextAsync().AsTask();
        try
        {
            var batch = new List<RunEventMessage>();
            var published = 0L;
            for (var sequence = 1L; await next; sequence += batch.Count)
            {
                if (sequence > 1 && events.Current is not (RunCompleted or RunFailed) && Pace - time.GetElapsedTime(published) is { Ticks: > 0 } wait)
                {
                    await Task.Delay(wait, time, CancellationToken.None);
                }

                batch.Clear();
                var size = 0;
                while (next.IsCompletedSuccessfully && batch.Count < AnswerStreams.MaxBatchEvents && size < AnswerStreams.FullBatchSize && await next)
                {
                    var eventSize = SizeOf(events.Current);
                    if (eventSize > AnswerStreams.MaxEventSize)
                    {
                        await wire.PublishAsync(address, AnswerBatch.Of(run, incarnation, sequence, batch));
                        await wire.PublishAsync(address, AnswerBatch.Of(run, incarnation, sequence + batch.Count, []));
                        return;
                    }

                    size += eventSize;
                    batch.Add(RunEventMessage.From(events.Current));
                    next = events.MoveNextAsync().AsTask();
                }

                published = time.GetTimestamp();
                await wire.PublishAsync(address, AnswerBatch.Of(run, incarnation, sequence, batch));
            }
        }
        finally
        {
            // The reader of the journal may be waiting for an event, and can be disposed of only when it does not.
            await stop.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static int SizeOf(RunEvent runEvent) => runEvent switch
    {
        AnswerDelta delta => delta.Text.Length,
        ChoicesDelta delta => delta.Size,
        RunCompleted end => end.Answer.Size,
        _ => 0,
    };

    [LoggerMessage(76, LogLevel.Debug, "the answer of run {RunId} is not published any further; its frontend pulls it")]
    private static partial void LogGivenUp(ILogger logger, Exception exception, string runId);
}
