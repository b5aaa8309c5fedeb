using System.Runtime.CompilerServices;
using Ensemble.Runs;

namespace Ensemble.Execution;

/// <summary>A run that a <see cref="RunHost"/> executes, and keeps as long as its answer may be asked for.</summary>
public sealed class ActiveRun
{
    private readonly RunHost _host;
    private long _wanted;
    private long _ended = long.MinValue;
    private int _readers;
    private int _remoteReaders;
    private int _isSettled;
    private int _isAbandoned;
    private volatile bool _isRead;
    private readonly TaskCompletionSource _execution = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The end of its execution, and the answer that is read or not wanted: after both the host is done with it.
    private int _pending = 2;
    private volatile bool _isReadLocally;

    internal ActiveRun(RunHost host, Run run, long now) => (_host, Run, _wanted) = (host, run, now);

    /// <summary>Raised once, when the host forgets the run. Must not throw.</summary>
    public event Action? Forgotten;

    public Run Run { get; }

    /// <summary>Ends with the run; never fails.</summary>
    public Task Execution => _execution.Task;

    /// <summary>Whether its answer was read to the end, or is not wanted.</summary>
    internal bool IsSettled => Volatile.Read(ref _isSettled) != 0;

    /// <summary>Whether a reader, here or elsewhere, has read it to the end.</summary>
    internal bool IsRead => _isRead;

    /// <summary>Whether a reader in this process has read it to the end, and asks for nothing again.</summary>
    internal bool IsReadLocally => _isReadLocally;

    /// <summary>Whether somebody reads it here, or a reader elsewhere was heard of within <see cref="RunHost.LeaseLifetime"/>.</summary>
    internal bool IsWanted => HasReaders || _host.Time.GetElapsedTime(Volatile.Read(ref _wanted)) <= RunHost.LeaseLifetime;

    /// <summary>Whether somebody reads it here.</summary>
    internal bool HasReaders => Volatile.Read(ref _readers) > 0;

    /// <summary>Whether a reader, here or elsewhere, reads it.</summary>
    internal bool HasAnyReader => HasReaders || Volatile.Read(ref _remoteReaders) > 0;

    /// <summary>When its execution ended; <see cref="long.MinValue"/> = it goes on.</summary>
    internal long Ended => Volatile.Read(ref _ended);

    /// <summary>Says that its answer is still wanted.</summary>
    public void Renew() => Volatile.Write(ref _wanted, _host.Time.GetTimestamp());

    /// <summary>
    /// The events after number <paramref name="after"/>, for a reader in this process: what it has read to the end is freed at once.
    /// </summary>
    public async IAsyncEnumerable<RunEvent> ReadAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isWhole = false;
        Interlocked.Increment(ref _readers);
        try
        {
            await foreach (var runEvent in Run.Journal.ReadAsync(after, cancellationToken))
            {
                isWhole = runEvent is RunCompleted or RunFailed;
                yield return runEvent;
            }
        }
        finally
        {
            Renew();
            Interlocked.Decrement(ref _readers);
            if (Run.IsKept && !HasAnyReader)
            {
                // A repeat may come for it at any time, or never: a stop does not wait for that.
                Settle();
            }

            if (isWhole)
            {
                _isReadLocally = true;
                _isRead = true;
                Settle();
                _host.ForgetSettled(this);
            }
        }
    }

    /// <summary>Says that a reader in another process begins, which has to <see cref="EndRemoteReader"/>.</summary>
    public void BeginRemoteReader() => Interlocked.Increment(ref _remoteReaders);

    /// <param name="isWhole">Whether it has read it to the end. It may still ask for the last part again.</param>
    public void EndRemoteReader(bool isWhole)
    {
        Interlocked.Decrement(ref _remoteReaders);
        if (isWhole)
        {
            _isRead = true;
            Settle();
        }
        else
        {
            SettleIfAbandoned();
        }
    }

    /// <summary>
    /// Says that its answer was read to the end, or that nobody wants it. A reader elsewhere may still ask for the last part again.
    /// </summary>
    public void Settle()
    {
        if (Interlocked.Exchange(ref _isSettled, 1) == 0)
        {
            CompleteOne();
        }
    }

    /// <summary>Stops it. Where it has ended, its answer can still be read.</summary>
    public void Cancel()
    {
        if (Ended == long.MinValue)
        {
            Run.Cancel();
        }

        Settle();
    }

    /// <summary>Stops it and drops its answer: its caller has left. One that the caller may repeat goes on, and its answer stays.</summary>
    public void Abandon()
    {
        if (Run.IsKept)
        {
            Interlocked.Exchange(ref _isAbandoned, 1);
            SettleIfAbandoned();
            return;
        }

        Cancel();
        Run.Journal.Drop();
    }

    internal void Begin() => ThreadPool.UnsafeQueueUserWorkItem(static hosted => _ = hosted.ExecuteAsync(), this, preferLocal: false);

    internal void Forget() => Forgotten?.Invoke();

    /// <summary>Where a caller has left a run that is kept, and no other one reads it, a stop does not wait for its answer.</summary>
    private void SettleIfAbandoned()
    {
        if (Volatile.Read(ref _isAbandoned) != 0 && !HasAnyReader)
        {
            Settle();
        }
    }

    private async Task ExecuteAsync()
    {
        try
        {
            await Run.ExecuteAsync();
        }
        finally
        {
            // Its timers; what it did can still be read.
            Run.Dispose();
            Volatile.Write(ref _ended, _host.Time.GetTimestamp());
            _host.OnEnded(this);
            CompleteOne();
            _execution.SetResult();
        }
    }

    private void CompleteOne()
    {
        if (Interlocked.Decrement(ref _pending) == 0)
        {
            _host.OnDone();
        }
    }
}
