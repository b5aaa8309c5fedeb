using Ensemble.Catalog;
using Ensemble.Storage.Sql;
using Microsoft.Data.Sqlite;

namespace Ensemble.Storage.Sqlite;

/// <summary>
/// One file, with a write-ahead log: one writer and some readers that do not wait for each other. What has to survive a power cut is
/// written with <c>synchronous=FULL</c>, which waits for the disk at each commit. The rest, which comes by the second, is written with
/// <c>NORMAL</c>, which does not: it survives the end of the process, and the next full commit takes it along to the disk.
/// </summary>
internal sealed class SqliteDatabase : SqlDatabase
{
    public static readonly SqlDialect SqlDialect = new()
    {
        Name = "sqlite",
        FindMigrations = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'",
    };

    private const int Readers = 2;

    /// <summary>How long a lock of another process is waited for, in milliseconds.</summary>
    private const int BusyTimeout = 5000;

    private readonly RevisionAnnouncements _written = new();
    private readonly string _path;
    private readonly string _connectionString;
    private readonly SqliteWorker _writer;
    private readonly SqliteWorker _readers;

    // Of the writer's connection, and changed by its thread alone.
    private Durability? _durability;

    public SqliteDatabase(string path, IReadOnlyList<Migration> migrations, TimeProvider time)
        : base(migrations, time)
    {
        _path = path;
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Pooling = false,

            // SQLite itself waits for locks; what waits in seconds on top of that is to give up at once.
            DefaultTimeout = 1,
        }.ToString();
        _writer = new SqliteWorker("sqlite writer", 1, ConnectWriter);
        _readers = new SqliteWorker("sqlite reader", Readers, ConnectReader);
    }

    public override string Name => _path;

    public override SqlDialect Dialect => SqlDialect;

    /// <summary>Of this process. Others are noticed by whoever compares the stored revision from time to time.</summary>
    public override IAsyncEnumerable<long> WatchRevisionsAsync(CancellationToken cancellationToken) => _written.ListenAsync(cancellationToken);

    public override void OnRevisionWritten(long revision) => _written.Announce(revision);

    protected override async ValueTask DisposeCoreAsync()
    {
        await _readers.DisposeAsync();
        await _writer.DisposeAsync();
    }

    protected override Task<int> OpenCoreAsync(Func<SqlSession, Task<int>> migrate, CancellationToken cancellationToken) =>
        WriteCoreAsync(migrate, Durability.PowerCut, cancellationToken);

    protected override Task<T> ReadCoreAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellationToken) =>
        _readers.RunAsync(connection => work(new SqlSession(connection, null, CancellationToken.None)), cancellationToken);

    protected override Task<T> WriteCoreAsync<T>(Func<SqlSession, Task<T>> work, Durability durability, CancellationToken cancellationToken) =>
        _writer.RunAsync(
            connection =>
            {
                if (_durability != durability)
                {
                    Execute(connection, durability == Durability.PowerCut ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
                    _durability = durability;
                }

                return work(new SqlSession(connection, null, CancellationToken.None));
            },
            cancellationToken);

    protected override StorageException? Translate(Exception exception) => SqliteErrors.Translate(exception, _path);

    private SqliteConnection ConnectWriter()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path) ?? _path);
        var connection = Connect();
        try
        {
            // The log is cut back after a large write. Referential integrity is off in SQLite unless it is asked for.
            Execute(connection, "PRAGMA journal_size_limit = 67108864");
            Execute(connection, "PRAGMA foreign_keys = ON");

            // SQLite does not wait for a lock here, so the library has to.
            var mode = Execute(connection, "PRAGMA journal_mode = WAL", BusyTimeout / 1000);
            return mode == "wal" ? connection : throw SqliteErrors.NoLog(_path);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private SqliteConnection ConnectReader()
    {
        var connection = Connect();
        Execute(connection, "PRAGMA query_only = ON");
        return connection;
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        Execute(connection, $"PRAGMA busy_timeout = {BusyTimeout}");
        return connection;
    }

    private static string? Execute(SqliteConnection connection, string sql, int? timeoutSeconds = null)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = timeoutSeconds ?? command.CommandTimeout;
        return command.ExecuteScalar() as string;
    }
}
