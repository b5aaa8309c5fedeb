namespace Ensemble.Usage;

public sealed partial class UsageLedger
{
    private async Task WriteAllAsync()
    {
        while (await _queue.Reader.WaitToReadAsync())
        {
            await GatherAsync();
            while (Take() is { Count: > 0 } entries)
            {
                await WriteAsync(entries);
                Watch(QueuedBytes);
                ReportDropped();
            }
        }

        ReportDropped();
    }

    // An answer that waits ends it: what comes meanwhile is gathered while that batch is written.
    private async Task GatherAsync()
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        await Task.WhenAny(Task.Delay(Gather, _time, over.Token), Volatile.Read(ref _flushRequested).Task);
        await over.CancelAsync();
        Interlocked.Exchange(ref _flushRequested, NewFlushSignal());
    }

    private List<Entry> Take()
    {
        var entries = new List<Entry>();
        for (var bytes = 0; entries.Count < MaxBatchRows && bytes < MaxBatchBytes && _queue.Reader.TryRead(out var entry);
            bytes += entry.Bytes)
        {
            entries.Add(entry);
        }

        return entries;
    }

    private async Task WriteAsync(List<Entry> entries)
    {
        var batch = Batch(entries);
        var isKept = true;
        for (var (isAway, pause) = (false, FirstRetryDelay);
            !(entries.TrueForAll(static entry => entry.Waiter is not null) || await TryWriteAsync(batch, isAway));
            (isAway, pause) = (true, Longer(pause)))
        {
            // A stop does not wait for the end of a pause that began before it.
            var until = _stopping.IsCancellationRequested ? _abandon.Token : _stopping.Token;
            await Task.Delay(pause, _time, until).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_abandon.IsCancellationRequested)
            {
                Interlocked.Add(ref _dropped, batch.SubCalls.Count + batch.Runs.Count);
                isKept = false;
                break;
            }
        }

        Interlocked.Add(ref _written, isKept ? batch.SubCalls.Count + batch.Runs.Count : 0);
        Interlocked.Add(ref _queued, -entries.Sum(static entry => (long)entry.Bytes));
        foreach (var entry in entries)
        {
            entry.Waiter?.TrySetResult(isKept);
        }
    }

    private static UsageBatch Batch(List<Entry> entries)
    {
        var (subCalls, runs, isAwaited) = (new List<UsageEvent>(entries.Count), new List<RunRecord>(), false);
        foreach (var entry in entries)
        {
            if (entry.SubCall is { } subCall)
            {
                subCalls.Add(subCall);
            }
            else if (entry.Run is { } run)
            {
                runs.Add(run);
            }

            isAwaited |= entry.Waiter is not null;
        }

        return new UsageBatch(subCalls, runs) { IsAwaited = isAwaited };
    }

    private async Task<bool> TryWriteAsync(UsageBatch batch, bool isAway)
    {
        try
        {
            await _store.WriteAsync(batch, _abandon.Token);
            Volatile.Write(ref _isDelayed, 0);
        }
        catch (Exception exception)
        {
            // An operator can correct any such error. Until then the usage records are kept.
            if (!isAway && !_abandon.IsCancellationRequested)
            {
                LogUnavailable(_logger, exception);
            }

            return false;
        }

        if (isAway)
        {
            LogRecovered(_logger);
        }

        return true;
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < MaxRetryDelay ? pause * 2 : MaxRetryDelay;
}
