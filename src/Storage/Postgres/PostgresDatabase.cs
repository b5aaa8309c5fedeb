using Ensemble.Storage.Sql;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Ensemble.Storage.Postgres;

/// <summary>
/// A database on a server. Tables are made and found along the user's search path. What fails because the server is away fails at once
/// and says that it is transient: only the caller knows whether it may be asked again.
/// </summary>
internal sealed class PostgresDatabase : SqlDatabase
{
    public static readonly SqlDialect SqlDialect = new()
    {
        Name = "postgres",
        FindMigrations = "SELECT 1 WHERE to_regclass('schema_migrations') IS NOT NULL",
        LockMigrations = $"SELECT pg_advisory_lock({MigrationLock})",
        HasArrays = true,
        Bulk = new PostgresBulk(),
        SkipLocked = " FOR UPDATE SKIP LOCKED",
        AnnounceRevision = $"SELECT pg_notify('{PostgresRevisionListener.Channel}', CAST(@revision AS text))",
    };

    /// <summary>"ensemble" in ASCII.</summary>
    private const string MigrationLock = "7308906124732951653";

    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlDataSource _sessions;
    private readonly PostgresRevisionListener _watch;
    private readonly PostgresGuard _guard;
    private readonly string? _user;

    public PostgresDatabase(
        NpgsqlConnectionStringBuilder connection, IReadOnlyList<Migration> migrations, TimeProvider time, ILoggerFactory loggers)
        : base(migrations, time)
    {
        _user = connection.Username;
        Name = $"The PostgreSQL database {connection.Database ?? connection.Username} at {connection.Host}:{connection.Port}";

        // Without a logger: its entries would show statements, and at some levels connection strings.
        _source = NpgsqlDataSource.Create(connection);
        _sessions = NpgsqlDataSource.Create(PostgresRevisionListener.ForListening(connection));
        _watch = new PostgresRevisionListener(_sessions, this, time, loggers.CreateLogger<PostgresRevisionListener>());
        _guard = new PostgresGuard(Name, time, loggers.CreateLogger<PostgresGuard>());
    }

    public override string Name { get; }

    public override SqlDialect Dialect => SqlDialect;

    public override long Timeouts => _guard.Timeouts;

    public override bool IsAnswering => _guard.IsAnswering;

    public override IAsyncEnumerable<long> WatchRevisionsAsync(CancellationToken cancellationToken) =>
        _watch.ListenAsync(cancellationToken);

    /// <returns>What to say of a failure that a connection which is to last lives through; null for what it does not.</returns>
    public string? Outage(Exception exception) => exception is StorageException { IsTransient: true } ? exception.Message
        : PostgresErrors.IsOutage(exception) ? Translate(exception)?.Message
        : null;

    protected override async ValueTask DisposeCoreAsync()
    {
        await _source.DisposeAsync();
        await _sessions.DisposeAsync();
    }

    protected override async Task<int> OpenCoreAsync(Func<SqlSession, Task<int>> migrate, CancellationToken cancellationToken)
    {
        // From no pool: its end is the end of the lock, whatever happened.
        var connection = await _sessions.OpenConnectionAsync(cancellationToken);
        await using (connection)
        {
            return await migrate(new SqlSession(connection, null, cancellationToken));
        }
    }

    protected override Task<T> ReadCoreAsync<T>(Func<SqlSession, Task<T>> work, TimeSpan? limit, CancellationToken cancellationToken) =>
        _guard.RunAsync(() => UseAsync(work), limit ?? PostgresGuard.Limit, cancellationToken);

    /// <summary>The server waits for its disk at each commit, whatever is written.</summary>
    protected override Task<T> WriteCoreAsync<T>(
        Func<SqlSession, Task<T>> work, Durability durability, TimeSpan? limit, CancellationToken cancellationToken) =>
        ReadCoreAsync(work, limit, cancellationToken);

    protected override StorageException? Translate(Exception exception) => PostgresErrors.Translate(exception, Name, _user);

    private async Task<T> UseAsync<T>(Func<SqlSession, Task<T>> work)
    {
        var connection = await _source.OpenConnectionAsync(CancellationToken.None);
        await using (connection)
        {
            return await work(new SqlSession(connection, null, CancellationToken.None));
        }
    }
}
