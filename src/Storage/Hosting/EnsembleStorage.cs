using Ensemble.Storage.Memory;
using Ensemble.Storage.Postgres;
using Ensemble.Storage.Sql;
using Ensemble.Storage.Sqlite;
using Microsoft.Extensions.Logging;

namespace Ensemble.Storage.Hosting;

/// <summary>Makes the storage that options ask for.</summary>
public static class EnsembleStorage
{
    /// <summary>Touches neither disk nor network yet.</summary>
    /// <exception cref="StorageException">The connection string is none.</exception>
    public static IEnsembleStorage Create(StorageOptions options, TimeProvider time, ILoggerFactory loggers) => options.Provider switch
    {
        StorageProvider.Memory => new MemoryStorage(),
        StorageProvider.Sqlite => new SqlStorage(
            new SqliteDatabase(SqlitePath.Of(options.ConnectionString),
                Migration.For(SqliteDatabase.SqlDialect), time, loggers.CreateLogger<SqliteDatabase>()), time),
        StorageProvider.Postgres => new SqlStorage(
            new PostgresDatabase(
                PostgresConnection.Read(options.ConnectionString),
                Migration.For(PostgresDatabase.SqlDialect),
                time,
                loggers),
            time),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Provider, "There is no such provider."),
    };
}
