using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Ensemble.Storage.Sqlite;

/// <summary>
/// Threads that do nothing but talk to SQLite, each over a connection of its own. SQLite's calls block, and on a slow disk for long:
/// on the thread pool they would hold up requests that need no database. Jobs are asynchronous in form only, since everything they
/// wait for is done when it returns. One thread makes a lock of the queue: its jobs are never at work side by side.
/// </summary>
internal sealed class SqliteWorker : IAsyncDisposable
{
    /// <summary>Jobs that wait or run at most; a caller with one more waits for a place.</summary>
    private const int QueueLength = 256;

    private readonly SemaphoreSlim _places = new(QueueLength, QueueLength);
    private readonly BlockingCollection<Job> _jobs = new(QueueLength);
    private readonly Func<SqliteConnection> _connect;
    private readonly Action<SqliteConnection, TimeSpan> _prepare;
    private readonly TimeSpan _lockTimeout;
    private readonly TimeProvider _time;
    private readonly Task _ended;

    /// <summary>Why the last job failed, where that was a lock of another process.</summary>
    private volatile Exception? _locked;

    /// <param name="connect">Opens a connection; tried again at the next job where it fails.</param>
    /// <param name="prepare">Called before each job, with how long its turn took to come. Where it throws the connection is given
    /// up.</param>
    /// <param name="lockTimeout">After so long in the queue a job fails as the last one did, where that one met a lock.</param>
    public SqliteWorker(
        string name, int threads, Func<SqliteConnection> connect, Action<SqliteConnection, TimeSpan> prepare, TimeSpan lockTimeout,
        TimeProvider time)
    {
        _connect = connect;
        _prepare = prepare;
        _lockTimeout = lockTimeout;
        _time = time;
        _ended = Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Start(name)).ToArray());
    }

    /// <summary>Until its turn has come a job can be cancelled; then it is done to its end.</summary>
    public async Task<T> RunAsync<T>(Func<SqliteConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        var job = new Job<T>(work, _time.GetTimestamp());
        Add(job);
        await using (cancellationToken.UnsafeRegister(static (state, token) => ((Job<T>)state!).Cancel(token), job))
        {
            return await job.Completion;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _jobs.CompleteAdding();
        await _ended;
        _jobs.Dispose();
        _places.Dispose();
    }

    private void Add(Job job)
    {
        try
        {
            _jobs.Add(job, CancellationToken.None);
        }
        catch (InvalidOperationException exception)
        {
            throw new ObjectDisposedException("The database was closed.", exception);
        }
    }

    private Task Start(string name)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Work(ended)) { Name = name, IsBackground = true };
        thread.Start();
        return ended.Task;
    }

    private void Work(TaskCompletionSource ended)
    {
        var connection = new Holder();
        foreach (var job in _jobs.GetConsumingEnumerable())
        {
            _places.Release();
            var waited = _time.GetElapsedTime(job.AddedAt);
            if (waited >= _lockTimeout && _locked is { } locked)
            {
                job.Fail(locked);
                continue;
            }

            var done = job.RunAsync(() => Ready(connection, waited));
            Debug.Assert(done.IsCompleted, "SQLite's calls return when they are done.");
            _locked = job.Failure is SqliteException { SqliteErrorCode: raw.SQLITE_BUSY } busy ? busy : null;
        }

        connection.Open?.Dispose();
        ended.SetResult();
    }

    private SqliteConnection Ready(Holder holder, TimeSpan waited)
    {
        var connection = holder.Open ??= _connect();
        try
        {
            _prepare(connection, waited);
            return connection;
        }
        catch
        {
            holder.Open = null;
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The connection of one thread.</summary>
    private sealed class Holder
    {
        public SqliteConnection? Open { get; set; }
    }

    private abstract class Job(long addedAt)
    {
        public long AddedAt => addedAt;

        /// <summary>Why it failed; null where it did not.</summary>
        public Exception? Failure { get; protected set; }

        public abstract void Fail(Exception exception);

        public abstract Task RunAsync(Func<SqliteConnection> connection);
    }

    private sealed class Job<T>(Func<SqliteConnection, Task<T>> work, long addedAt) : Job(addedAt)
    {
        private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _taken;

        public Task<T> Completion => _completion.Task;

        public void Cancel(CancellationToken token)
        {
            if (Interlocked.Exchange(ref _taken, 1) == 0)
            {
                _completion.TrySetCanceled(token);
            }
        }

        public override void Fail(Exception exception)
        {
            if (Interlocked.Exchange(ref _taken, 1) == 0)
            {
                _completion.SetException(exception);
            }
        }

        public override async Task RunAsync(Func<SqliteConnection> connection)
        {
            if (Interlocked.Exchange(ref _taken, 1) == 1)
            {
                return;
            }

            try
            {
                _completion.SetResult(await work(connection()));
            }
            catch (Exception exception)
            {
                Failure = exception;
                _completion.SetException(exception);
            }
        }
    }
}
