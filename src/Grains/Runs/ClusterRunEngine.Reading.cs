using System.Runtime.CompilerServices;
using Ensemble.Grains.Answers;
using Ensemble.Grains.Calls;
using Ensemble.Runs;
using Ensemble.Usage;

namespace Ensemble.Grains.Runs;

/// <content>How a run's events are read: over the stream, by pulling, and beyond the end of its silo.</content>
public sealed partial class ClusterRunEngine
{
    /// <summary>Ways in a row that brought no event, after which a run is given up.</summary>
    private const int MaxBarren = 10;

    public async IAsyncEnumerable<RunEvent> ReadAsync(RunId run, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Find(run) is not { } inFlight)
        {
            // Somebody else's, or one that is no longer wanted: what is there of it is read.
            var isWhole = false;
            await foreach (var runEvent in ReadOnceAsync(
                run, null, new RunReading(incarnation: 1, after, streamed: false, _calls.Time.GetTimestamp()), cancellationToken))
            {
                isWhole = IsLast(runEvent);
                yield return runEvent;
            }

            if (!isWhole)
            {
                // Its time was over just now, or its silo is gone.
                yield return Failed($"The answer of run {run.Value} is not kept any longer. Ask again.");
            }

            yield break;
        }

        var reading = inFlight.BeginReading(after, _calls.Time.GetTimestamp());
        try
        {
            var lost = default(RunFailed);
            while (lost is null)
            {
                await foreach (var runEvent in ReadOnceAsync(run, inFlight, reading, cancellationToken))
                {
                    if (runEvent.Incarnation > reading.Incarnation && !reading.TryBegin(runEvent.Incarnation))
                    {
                        break;
                    }

                    if (!reading.Take(runEvent))
                    {
                        continue;
                    }

                    if (!IsLast(runEvent))
                    {
                        yield return runEvent;
                        continue;
                    }

                    if (IsStopped(runEvent) && Find(run) is not null && reading.TryVoid())
                    {
                        // By its silo, which ends: the answer is still wanted here.
                        break;
                    }

                    Forget(run);
                    yield return runEvent;
                    yield break;
                }

                lost = await RecoverAsync(inFlight, reading, cancellationToken);
            }

            Forget(run);
            yield return lost;
        }
        finally
        {
            inFlight.EndReading(reading);
        }
    }

    private static bool IsLast(RunEvent runEvent) => runEvent is RunCompleted or RunFailed;

    private static bool IsStopped(RunEvent runEvent) => runEvent is RunFailed { Failure.Kind: RunFailureKind.Cancelled };

    /// <summary>What comes until the end, or until no more does.</summary>
    private async IAsyncEnumerable<RunEvent> ReadOnceAsync(
        RunId run, RunInFlight? inFlight, RunReading reading, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_local?.Find(run) is { } hosted && (inFlight is null || !hosted.Run.Journal.IsStripped))
        {
            await foreach (var runEvent in hosted.ReadAsync(reading.Last, cancellationToken))
            {
                yield return runEvent;
            }

            yield break;
        }

        if (inFlight is { Answered: { Count: > 0 } answered })
        {
            // Once: what another incarnation says comes on another way.
            inFlight.Answered = [];
            foreach (var message in answered)
            {
                yield return message.ToEvent();
            }

            yield break;
        }

        if (_stream?.Claim(run) is { } inbox)
        {
            var feed = new AnswerFeed(inbox.Incarnation, reading.Last);
            await foreach (var runEvent in ReadAsync(run, inbox, feed, cancellationToken))
            {
                yield return runEvent;
            }

            if (feed.HasEnded)
            {
                yield break;
            }

            _stream.OnRepair();
        }

        var broken = reading.BeginPull(_calls.Time.GetTimestamp(), cancellationToken);
        var pulled = Grain(run).ReadAsync(reading.Last, broken).GetAsyncEnumerator(broken);
        reading.IsWaiting = true;
        try
        {
            while (await MoveNextAsync(pulled, inFlight?.Silo, broken, cancellationToken))
            {
                reading.IsWaiting = false;
                reading.Heard = _calls.Time.GetTimestamp();
                yield return pulled.Current.ToEvent();
                reading.IsWaiting = true;
            }
        }
        finally
        {
            var wasWaiting = reading.IsWaiting;
            reading.IsWaiting = false;
            reading.EndPull();
            if (!wasWaiting)
            {
                // Takes a call: nobody need wait for it. One that waits for an event ends with its token, by itself.
                _ = pulled.DisposeAsync().AsTask();
            }
        }
    }

    /// <returns>False where no event comes any more on this way.</returns>
    private static async ValueTask<bool> MoveNextAsync(
        IAsyncEnumerator<RunEventMessage> pulled, string? silo, CancellationToken broken, CancellationToken cancellationToken)
    {
        PreferSilo(silo);
        try
        {
            var next = pulled.MoveNextAsync();

            // Its own end after a cancellation is a call to a silo that may be gone.
            return next.IsCompleted ? await next : await next.AsTask().WaitAsync(broken);
        }
        catch (Exception exception) when (ClusterCalls.MayPass(exception) && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>What the stream brings, up to where it fails.</summary>
    private async IAsyncEnumerable<RunEvent> ReadAsync(
        RunId run, AnswerInbox inbox, AnswerFeed feed, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            for (var whole = true; whole && !feed.HasEnded && await inbox.Batches.WaitToReadAsync(cancellationToken);)
            {
                while (whole && inbox.Batches.TryRead(out var batch))
                {
                    whole = feed.Offer(batch);
                    while (feed.TryTake(out var runEvent))
                    {
                        yield return runEvent;
                    }
                }
            }
        }
        finally
        {
            _stream!.Close(run);
        }
    }

    /// <returns>Null where the run can be read on; otherwise the run's end.</returns>
    private async ValueTask<RunFailed?> RecoverAsync(RunInFlight run, RunReading reading, CancellationToken cancellationToken)
    {
        if (reading.Barren > 0)
        {
            await Task.Delay(Pause * reading.Barren, _calls.Time, cancellationToken);
        }

        try
        {
            var goesOn = reading.Barren++ < MaxBarren && await _calls.AskAsync(
                static state => state.Engine.GoOnAsync(state.Run, state.Reading), (Engine: this, Run: run, Reading: reading),
                cancellationToken);
            return goesOn ? null : Interrupted(run.Request.Id);
        }
        catch (ClusterUnavailableException exception)
        {
            LogNotReached(_logger, exception, run.Request.Id.Value);
            return Interrupted(run.Request.Id);
        }
    }

    private async ValueTask<bool> GoOnAsync(RunInFlight run, RunReading reading)
    {
        if (!reading.IsVoid && reading.Barren <= MaxBarren / 2 && await FindLastAsync(run) is not null)
        {
            return true;
        }

        var next = run.After(reading.Incarnation);
        if (!reading.TryBegin(next.Incarnation))
        {
            return false;
        }

        LogNextIncarnation(_logger, next.Id.Value, next.Incarnation);
        return await StartSomewhereAsync(run, next, isNew: true) == RunStart.Started;
    }

    private static RunFailed Interrupted(RunId run) =>
        Failed($"The answer was interrupted by a failure of the server that wrote it (run {run.Value}).");

    private static RunFailed Failed(string message) =>
        new(new RunFailure(RunFailureKind.Interrupted, message), UsageTotals.None with { CostUsd = null });
}
