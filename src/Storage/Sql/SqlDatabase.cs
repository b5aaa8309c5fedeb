using Ensemble.Catalog;

namespace Ensemble.Storage.Sql;

/// <summary>
/// A database: hands out connections for the length of a job, and turns its failures into <see cref="StorageException"/>.
/// </summary>
internal abstract class SqlDatabase(IReadOnlyList<Migration> migrations, TimeProvider time) : IAsyncDisposable
{
    /// <summary>Of jobs that nobody's request waits for.</summary>
    public static readonly TimeSpan BackgroundTimeout = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _opening = new(1, 1);
    private volatile bool _isOpen;
    private int _attempts;
    private StorageException? _failure;
    private int _disposed;

    /// <summary>For messages: where it is, without anything secret.</summary>
    public abstract string Name { get; }

    public abstract SqlDialect Dialect { get; }

    /// <inheritdoc cref="IEnsembleStorage.Problem"/>
    public virtual string? Problem => null;

    /// <inheritdoc cref="IEnsembleStorage.Timeouts"/>
    public virtual long Timeouts => 0;

    /// <inheritdoc cref="IEnsembleStorage.IsAnswering"/>
    public virtual bool IsAnswering => true;

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (_isOpen)
        {
            return;
        }

        var attempts = Volatile.Read(ref _attempts);
        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (_isOpen)
            {
                return;
            }

            // An attempt ended while this one waited for it. Each waits for seconds where the database is locked or away: one after the
            // other they would add up.
            if (_attempts != attempts && _failure is { } failure)
            {
                throw new StorageException(failure.Message, failure.IsTransient, failure);
            }

            await OpenOnceAsync(cancellationToken);
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>A job that changes nothing, waited for as long as a request may wait.</summary>
    public Task<T> ReadAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellationToken) =>
        ReadAsync(work, limit: null, cancellationToken);

    /// <param name="limit">How long the job is waited for; null = as long as a request may wait.</param>
    public async Task<T> ReadAsync<T>(Func<SqlSession, Task<T>> work, TimeSpan? limit, CancellationToken cancellationToken)
    {
        await OpenAsync(cancellationToken);
        return await TryAsync(ReadCoreAsync(work, limit, cancellationToken));
    }

    /// <summary>
    /// A job that writes: each of its statements by itself, unless it begins a transaction. It is waited for as long as a request may wait;
    /// one that was waited for in vain may still be done.
    /// </summary>
    public Task<T> WriteAsync<T>(Func<SqlSession, Task<T>> work, Durability durability, CancellationToken cancellationToken) =>
        WriteAsync(work, durability, limit: null, cancellationToken);

    /// <param name="limit">How long the job is waited for; null = as long as a request may wait.</param>
    public async Task<T> WriteAsync<T>(
        Func<SqlSession, Task<T>> work, Durability durability, TimeSpan? limit, CancellationToken cancellationToken)
    {
        await OpenAsync(cancellationToken);
        return await TryAsync(WriteCoreAsync(work, durability, limit, cancellationToken));
    }

    /// <inheritdoc cref="ICatalogStore.WatchAsync"/>
    public abstract IAsyncEnumerable<long> WatchRevisionsAsync(CancellationToken cancellationToken);

    /// <summary>Called when a new revision of the catalog is stored.</summary>
    public virtual void OnRevisionWritten(long revision)
    {
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await DisposeCoreAsync();
            _opening.Dispose();
        }
    }

    protected abstract ValueTask DisposeCoreAsync();

    /// <summary>Makes ready what connections need, and migrates on one of them.</summary>
    protected abstract Task<int> OpenCoreAsync(Func<SqlSession, Task<int>> migrate, CancellationToken cancellationToken);

    protected abstract Task<T> ReadCoreAsync<T>(Func<SqlSession, Task<T>> work, TimeSpan? limit, CancellationToken cancellationToken);

    protected abstract Task<T> WriteCoreAsync<T>(
        Func<SqlSession, Task<T>> work, Durability durability, TimeSpan? limit, CancellationToken cancellationToken);

    /// <returns>Null for what is no failure of the database.</returns>
    protected abstract StorageException? Translate(Exception exception);

    private async Task OpenOnceAsync(CancellationToken cancellationToken)
    {
        _failure = null;
        try
        {
            await TryAsync(OpenCoreAsync(new Migrator(Name, Dialect, migrations, time).RunAsync, cancellationToken));
            _isOpen = true;
        }
        catch (StorageException failure)
        {
            _failure = failure;
            throw;
        }
        finally
        {
            Interlocked.Increment(ref _attempts);
        }
    }

    private async Task<T> TryAsync<T>(Task<T> job)
    {
        try
        {
            return await job;
        }
        catch (Exception exception)
        {
            if (Translate(exception) is { } failure)
            {
                throw failure;
            }

            throw;
        }
    }
}
