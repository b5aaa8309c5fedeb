namespace Ensemble.Execution;

public sealed partial class RunHost
{
    /// <summary>Called by a run's reader in this process, who asks for nothing again.</summary>
    internal void ForgetSettled(ActiveRun hosted)
    {
        if (hosted.Ended != long.MinValue && !IsKept(hosted))
        {
            Forget(hosted);
        }
    }

    /// <summary>Keeps the manifest of an ended run, and nothing else of it.</summary>
    private void Forget(ActiveRun hosted)
    {
        var run = hosted.Run;
        if (!_runs.TryRemove(KeyValuePair.Create(run.Id, hosted)))
        {
            return;
        }

        _manifests[run.Id] = run.Manifest();
        _forgotten.Enqueue(run.Id);
        while (_forgotten.Count > MaxManifests && _forgotten.TryDequeue(out var oldest))
        {
            _manifests.TryRemove(oldest, out _);
        }

        hosted.Settle();
        run.Drop();
        hosted.Forget();
    }

    private void Sweep()
    {
        foreach (var hosted in _runs.Values)
        {
            var isWanted = hosted.IsWanted;
            if (hosted.Ended is var ended && ended == long.MinValue)
            {
                if (!isWanted && !hosted.Run.IsKept)
                {
                    hosted.Cancel();
                }

                continue;
            }

            var age = Time.GetElapsedTime(ended);
            if (!isWanted)
            {
                hosted.Settle();
            }

            if (age >= RetentionOf(hosted, isWanted))
            {
                Forget(hosted);
            }
            else if (age >= SettledRetention && hosted is { IsSettled: true, Run: { IsKept: true, HasFailed: true } })
            {
                // A repeat makes a new attempt: of this one it needs the manifest and the panel's answers.
                hosted.Run.Journal.Drop();
            }
        }
    }

    /// <returns>How long after its end a run stays.</returns>
    private static TimeSpan RetentionOf(ActiveRun hosted, bool isWanted) =>
        hosted.Run.IsKept ? RepeatedRequests.AnswerRetention + (isWanted ? LeaseLifetime : TimeSpan.Zero)
        : hosted.Run.CanResume ? ResumableRetention
        : hosted.IsSettled ? SettledRetention
        : isWanted ? TimeSpan.MaxValue
        : LeaseLifetime;

    /// <summary>
    /// Makes room before a request is refused, the oldest answers first: those that nobody waits for nor can ask for by a key, then
    /// kept ones of callers who have more than their share, then kept ones of any caller that were read.
    /// </summary>
    private void FreeMemory(long bytes)
    {
        var enough = _services.Buffers.Used - bytes;
        ForgetOldest(enough, IsDiscardable);
        foreach (var kept in _runs.Values.Where(hosted => IsRepeatable(hosted)).GroupBy(hosted => hosted.Run.Caller))
        {
            var ofCaller = kept.OrderBy(hosted => hosted.Ended).ToArray();
            var held = ofCaller.Sum(hosted => hosted.Run.Held);
            for (var index = 0; held > _services.Buffers.Limit / MaxCallerShare && _services.Buffers.Used > enough; index++)
            {
                held -= ofCaller[index].Run.Held;
                Forget(ofCaller[index]);
            }
        }

        ForgetOldest(enough, static hosted => IsRepeatable(hosted) && hosted.IsRead);
    }

    private void ForgetOldest(long enough, Func<ActiveRun, bool> isSpare)
    {
        foreach (var hosted in _runs.Values.Where(isSpare).OrderBy(static hosted => hosted.Ended))
        {
            if (_services.Buffers.Used <= enough)
            {
                return;
            }

            Forget(hosted);
        }
    }

    private static bool IsDiscardable(ActiveRun hosted) =>
        hosted is { Ended: not long.MinValue, Run.IsKept: false } && (hosted.IsSettled || !hosted.IsWanted);

    private static bool IsRepeatable(ActiveRun hosted) =>
        hosted is { Ended: not long.MinValue, Run.IsKept: true, HasAnyReader: false } && (hosted.IsSettled || !hosted.IsWanted);
}
