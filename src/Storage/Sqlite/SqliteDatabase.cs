using System.Runtime.InteropServices;
using Ensemble.Catalog;
using Ensemble.Storage.Sql;
using Ensemble.Telemetry;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SQLitePCL;

namespace Ensemble.Storage.Sqlite;

/// <summary>
/// One file, with a write-ahead log: one writer and some readers that do not wait for each other. What has to survive a power cut is
/// written with <c>synchronous=FULL</c>, which waits for the disk at each commit. The rest, which comes by the second, is written with
/// <c>NORMAL</c>, which does not: it survives the end of the process, and the next full commit takes it along to the disk.
/// </summary>
internal sealed partial class SqliteDatabase : SqlDatabase
{
    public static readonly SqlDialect SqlDialect = new()
    {
        Name = "sqlite",
        Bulk = new SqliteBulk(),
        FindMigrations = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'",
    };

    private const int Readers = 2;

    /// <summary>
    /// How long a job waits for its turn and for a lock of another process together. What the library waits besides, for
    /// <see cref="LibraryTimeoutSeconds"/>, makes 5 s of it at most.
    /// </summary>
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(4);

    /// <summary>In seconds. SQLite itself waits for locks; where it does so no longer, the library gives up after this.</summary>
    private const int LibraryTimeoutSeconds = 1;

    private const string Native = "e_sqlite3";

    /// <summary>SQLite's number of the question whether the file is still where it was opened.</summary>
    private const int HasMoved = 20;

    private readonly RevisionNotifier _written = new();
    private readonly string _path;
    private readonly ILogger _logger;
    private readonly SqliteWorker _writer;
    private readonly SqliteWorker _readers;

    // Of the writer's connection, and changed by its thread alone.
    private Durability? _durability;

    private volatile bool _wasOpened;
    private volatile bool _isLost;

    public SqliteDatabase(string path, IReadOnlyList<Migration> migrations, TimeProvider time, ILogger? logger = null)
        : base(migrations, time)
    {
        _path = path;
        _logger = logger ?? NullLogger.Instance;
        _writer = new SqliteWorker("sqlite writer", 1, ConnectWriter, Prepare, LockTimeout, time);
        _readers = new SqliteWorker("sqlite reader", Readers, ConnectReader, Prepare, LockTimeout, time);
    }

    public override string? Problem => _isLost || (_wasOpened && !File.Exists(_path)) ? SqliteErrors.FileMoved : null;

    public override string Name => _path;

    public override SqlDialect Dialect => SqlDialect;

    /// <summary>Of this process. Others are noticed by a caller that compares the stored revision from time to time.</summary>
    public override IAsyncEnumerable<long> WatchRevisionsAsync(CancellationToken cancellationToken) =>
        _written.ListenAsync(cancellationToken);

    public override void OnRevisionWritten(long revision) => _written.Announce(revision);

    protected override async ValueTask DisposeCoreAsync()
    {
        await _readers.DisposeAsync();
        await _writer.DisposeAsync();
    }

    protected override Task<int> OpenCoreAsync(Func<SqlSession, Task<int>> migrate, CancellationToken cancellationToken) =>
        WriteCoreAsync(migrate, Durability.PowerCut, limit: null, cancellationToken);

    protected override Task<T> ReadCoreAsync<T>(Func<SqlSession, Task<T>> work, TimeSpan? limit, CancellationToken cancellationToken) =>
        _readers.RunAsync(connection => work(new SqlSession(connection, null, CancellationToken.None)), cancellationToken);

    protected override Task<T> WriteCoreAsync<T>(
        Func<SqlSession, Task<T>> work, Durability durability, TimeSpan? limit, CancellationToken cancellationToken) =>
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
        if (!_wasOpened)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path) ?? _path);
        }

        _durability = null;
        var connection = Connect();
        try
        {
            // The log is cut back after a large write. Referential integrity is off in SQLite unless it is asked for.
            Execute(connection, "PRAGMA journal_size_limit = 67108864");
            Execute(connection, "PRAGMA foreign_keys = ON");

            // SQLite does not wait for a lock here, so the library has to.
            var mode = Execute(connection, "PRAGMA journal_mode = WAL", (int)LockTimeout.TotalSeconds);
            _wasOpened |= mode == "wal";
            return mode == "wal" ? connection : throw SqliteErrors.NoWriteAheadLog(_path);
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
        // A file that was there and is gone is not made again: its catalog and accounts would be gone, and nothing would say so.
        if (_wasOpened && !File.Exists(_path))
        {
            throw OnFileMoved();
        }

        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = _path,
            Pooling = false,
            DefaultTimeout = LibraryTimeoutSeconds,
            Mode = _wasOpened ? SqliteOpenMode.ReadWrite : SqliteOpenMode.ReadWriteCreate,
        }.ToString());
        try
        {
            connection.Open();
            Wait(connection, LockTimeout);

            // Another file in its place has none of the tables, or is not the one that was opened.
            return !_wasOpened || Execute(connection, SqlDialect.FindMigrations) is not null ? connection : throw OnFileMoved();
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Prepare(SqliteConnection connection, TimeSpan waited)
    {
        if (FileControl(connection.Handle!.DangerousGetHandle(), 0, HasMoved, out var moved) == raw.SQLITE_OK && moved != 0)
        {
            throw OnFileMoved();
        }

        if (_isLost)
        {
            _isLost = false;
            LogFound(_logger, _path);
        }

        Wait(connection, LockTimeout - waited);
    }

    private StorageException OnFileMoved()
    {
        var failure = SqliteErrors.Lost(_path);
        if (!_isLost)
        {
            _isLost = true;
            LogLost(_logger, failure.Message);
        }

        return failure;
    }

    private static void Wait(SqliteConnection connection, TimeSpan timeout) =>
        _ = raw.sqlite3_busy_timeout(connection.Handle, (int)Math.Max(0, timeout.TotalMilliseconds));

    /// <param name="database">The connection's handle.</param>
    /// <param name="name">A pointer to the database's name; 0 = the main one.</param>
    [DllImport(Native, EntryPoint = "sqlite3_file_control", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static extern int FileControl(nint database, nint name, int operation, out int answer);

    [LoggerMessage(
        EventId = EventIds.DatabaseLost, EventName = nameof(EventIds.DatabaseLost), Level = LogLevel.Error,
        Message = "{Reason}")]
    private static partial void LogLost(ILogger logger, string reason);

    [LoggerMessage(
        EventId = EventIds.DatabaseFound, EventName = nameof(EventIds.DatabaseFound), Level = LogLevel.Information,
        Message = "The database {Path} is there again.")]
    private static partial void LogFound(ILogger logger, string path);

    private static string? Execute(SqliteConnection connection, string sql, int? timeoutSeconds = null)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = timeoutSeconds ?? command.CommandTimeout;
        return command.ExecuteScalar()?.ToString();
    }
}
