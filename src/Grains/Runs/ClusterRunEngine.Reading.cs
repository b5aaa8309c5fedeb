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
    private const int MaxEmptyReads = 10;

    public async IAsyncEnumerable<RunEvent> ReadAsync(RunId run, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Find(run) is not { } inFlight)
        {
            // Somebody else's, or one that is no longer wanted: what is there of it is read.
            var isWhole = false;
            await foreach (var runEvent in ReadOnceAsync(
                run, null, new RunReader(incarnation: 1, after, streamed: false, _calls.Time.GetTimestamp()), cancellationToken))
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

        var reader = inFlight.OpenReader(after, _calls.Time.GetTimestamp());
        try
        {
            var lost = default(RunFailed);
            while (lost is null)
            {
                await foreach (var runEvent in ReadOnceAsync(run, inFlight, reader, cancellationToken))
                {
                    if (runEvent.Incarnation > reader.Incarnation && !reader.TryBegin(runEvent.Incarnation))
                    {
                        break;
                    }

                    if (!reader.Take(runEvent))
                    {
                        continue;
                    }

                    if (!IsLast(runEvent))
                    {
                        yield return runEvent;
                        continue;
                    }

                    if (IsStopped(runEvent) && Find(run) is not null && reader.TrySupersede())
                    {
                        // By its silo, which ends: the answer is still wanted here.
                        break;
                    }

                    Forget(run);
                    yield return runEvent;
                    yield break;
                }

                lost = await RecoverAsync(inFlight, reader, cancellationToken);
            }

            Forget(run);
            yield return lost;
        }
        finally
        {
            inFlight.CloseReader(reader);
        }
    }

    private static bool IsLast(RunEvent runEvent) => runEvent is RunCompleted or RunFailed;

    private static bool IsStopped(RunEvent runEvent) => runEvent is RunFailed { Failure.Kind: RunFailureKind.Cancelled };

    /// <summary>What comes until the end, or until no more does.</summary>
    private async IAsyncEnumerable<RunEvent> ReadOnceAsync(
        RunId run, PendingRun? inFlight, RunReader reader, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_local?.Find(run) is { } hosted && (inFlight is null || !hosted.Run.Journal.IsStripped))
        {
            await foreach (var runEvent in hosted.ReadAsync(reader.Last, cancellationToken))
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

        if (_stream?.Claim(run) is { } buffer)
        {
            var sequencer = new EventSequencer(buffer.Incarnation, reader.Last);
            await foreach (var runEvent in ReadAsync(run, buffer, sequencer, cancellationToken))
            {
                yield return runEvent;
            }

            if (sequencer.HasEnded)
            {
                yield break;
            }

            _stream.OnRepair();
        }

        var broken = reader.BeginPull(_calls.Time.GetTimestamp(), cancellationToken);
        var pulled = Grain(run).ReadAsync(reader.Last, broken).GetAsyncEnumerator(broken);
        reader.IsWaiting = true;
        try
        {
            while (await MoveNextAsync(pulled, inFlight?.Silo, broken, cancellationToken))
            {
                reader.IsWaiting = false;
                reader.LastActivity = _calls.Time.GetTimestamp();
                yield return pulled.Current.ToEvent();
                reader.IsWaiting = true;
            }
        }
        finally
        {
            var wasWaiting = reader.IsWaiting;
            reader.IsWaiting = false;
            reader.EndPull();
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
        catch (Exception exception) when (ClusterCalls.IsTransient(exception) && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>What the stream brings, up to where it fails.</summary>
    private async IAsyncEnumerable<RunEvent> ReadAsync(
        RunId run, StreamBuffer buffer, EventSequencer sequencer, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            for (var whole = true; whole && !sequencer.HasEnded && await buffer.Batches.WaitToReadAsync(cancellationToken);)
            {
                while (whole && buffer.Batches.TryRead(out var batch))
                {
                    whole = sequencer.Offer(batch);
                    while (sequencer.TryTake(out var runEvent))
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
    private async ValueTask<RunFailed?> RecoverAsync(PendingRun run, RunReader reader, CancellationToken cancellationToken)
    {
        if (reader.EmptyReads > 0)
        {
            await Task.Delay(Pause * reader.EmptyReads, _calls.Time, cancellationToken);
        }

        try
        {
            var goesOn = reader.EmptyReads++ < MaxEmptyReads && await _calls.AskAsync(
                static state => state.Engine.ResumeAsync(state.Run, state.Reading), (Engine: this, Run: run, Reading: reader),
                cancellationToken);
            return goesOn ? null : Interrupted(run.Request.Id);
        }
        catch (ClusterUnavailableException exception)
        {
            LogNotReached(_logger, exception, run.Request.Id.Value);
            return Interrupted(run.Request.Id);
        }
    }

    private async ValueTask<bool> ResumeAsync(PendingRun run, RunReader reader)
    {
        if (!reader.IsSuperseded && reader.EmptyReads <= MaxEmptyReads / 2 && await FindLastAsync(run) is not null)
        {
            return true;
        }

        var next = run.After(reader.Incarnation);
        if (!reader.TryBegin(next.Incarnation))
        {
            return false;
        }

        LogNextIncarnation(_logger, next.Id.Value, next.Incarnation);
        return await StartSomewhereAsync(run, next, isNew: true) == RunStart.Started;
    }

    private static RunFailed Interrupted(RunId run) =>
        Failed($"The answer was interrupted by a failure of the server that wrote it (run {run.Value}).");

    private static RunFailed Failed(string message) =>
        new(new RunFailure(RunFailureKind.RunInterrupted, message), UsageTotals.None with { CostUsd = null });
}
