using Ensemble.Runs;
using Ensemble.Telemetry;
using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace Ensemble.Grains.Answers;

/// <summary>
/// Pushes the events of runs to the frontends that asked for them, beside the runs: each has its own reader of the journal, one message in
/// flight, and no way to hold the run up. What comes while a message is in flight goes together with the next one.
/// </summary>
/// <param name="find">The stream with a key.</param>
internal sealed partial class AnswerPublisher(Func<string, IAsyncObserver<AnswerBatch>> find, ILogger<AnswerPublisher> logger)
{
    /// <summary>
    /// Pushes a journal from its beginning to its end. Never throws: after a failure it gives up, and the frontend, which hears that there
    /// is more than what came, pulls.
    /// </summary>
    /// <param name="stream">The key of the frontend's stream.</param>
    /// <returns>Whether the frontend has taken all of it.</returns>
    public async Task<bool> PublishAsync(RunJournal journal, RunId run, int incarnation, string stream)
    {
        try
        {
            await CopyAsync(journal, run, incarnation, find(stream));
            return true;
        }
        catch (Exception exception)
        {
            LogPublishFailed(logger, exception, run.Value);
            return false;
        }
    }

    private static async Task CopyAsync(RunJournal journal, RunId run, int incarnation, IAsyncObserver<AnswerBatch> frontend)
    {
        using var stop = new CancellationTokenSource();
        await using var events = journal.ReadAsync(0, stop.Token).GetAsyncEnumerator(CancellationToken.None);
        var next = events.MoveNextAsync().AsTask();
        try
        {
            var batch = new List<RunEventMessage>();
            while (await next)
            {
                batch.Clear();
                var (first, size) = (events.Current.Sequence, 0);
                while (next.IsCompletedSuccessfully && batch.Count < AnswerStreams.MaxBatchEvents && size < AnswerStreams.FullBatchSize
                    && await next)
                {
                    size += SizeOf(events.Current);
                    batch.Add(RunEventMessage.From(events.Current));
                    next = events.MoveNextAsync().AsTask();
                }

                await frontend.OnNextAsync(AnswerBatch.Of(run, incarnation, first, batch));
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

    [LoggerMessage(
        EventId = EventIds.AnswerNotPushed, EventName = nameof(EventIds.AnswerNotPushed), Level = LogLevel.Debug,
        Message = "The answer of run {RunId} is not pushed any further; its frontend pulls it.")]
    private static partial void LogPublishFailed(ILogger logger, Exception exception, string runId);
}
