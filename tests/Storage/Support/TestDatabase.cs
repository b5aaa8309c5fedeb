using System.Data.Common;
using Ensemble.Storage.Hosting;
using Ensemble.Testing;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Ensemble.Storage.Tests.Support;

/// <summary>A new, empty database, and as many openers of it as a test wants.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private readonly DirectoryInfo? _folder;
    private readonly List<IEnsembleStorage> _opened = [];
    private readonly LogLines _log = new();

    private TestDatabase(StorageOptions options, DirectoryInfo? folder)
    {
        Options = options;
        _folder = folder;
    }

    public static TheoryData<StorageProvider> All => [StorageProvider.Memory, StorageProvider.Sqlite, StorageProvider.Postgres];

    public static TheoryData<StorageProvider> Sql => [StorageProvider.Sqlite, StorageProvider.Postgres];

    public StorageOptions Options { get; }

    /// <summary>What its openers logged.</summary>
    public IReadOnlyList<string> Log => _log.All;

    public static async Task<TestDatabase> CreateAsync(StorageProvider provider)
    {
        if (provider == StorageProvider.Postgres)
        {
            var server = await TestContext.Current.GetFixture<PostgresServer>();
            return Of(await server!.CreateDatabaseAsync());
        }

        var folder = provider == StorageProvider.Sqlite ? Directory.CreateTempSubdirectory("ensemble-") : null;
        var connectionString = folder is null ? null : $"Data Source={Path.Combine(folder.FullName, "new", "ensemble.db")}";
        return new TestDatabase(new StorageOptions { Provider = provider, ConnectionString = connectionString }, folder);
    }

    /// <summary>One of a server that is the test's own.</summary>
    public static TestDatabase Of(string postgres) => new(new StorageOptions { Provider = StorageProvider.Postgres, ConnectionString = postgres }, null);

    /// <summary>Another opener of the same database, as another process would be.</summary>
    public IEnsembleStorage Another(TimeProvider? clock = null)
    {
        // What is in memory is only there for its own opener.
        if (Options.Provider == StorageProvider.Memory && _opened.Count > 0)
        {
            return _opened[0];
        }

        var storage = EnsembleStorage.Create(Options, clock ?? TimeProvider.System, _log);
        _opened.Add(storage);
        return storage;
    }

    /// <summary>Past the product.</summary>
    public async Task<IReadOnlyList<string>> QueryAsync(string sql)
    {
        DbConnection connection = Options.Provider == StorageProvider.Postgres
            ? new NpgsqlConnection(Options.ConnectionString)
            : new SqliteConnection(Options.ConnectionString + ";Pooling=false");
        await using (connection)
        {
            await connection.OpenAsync(Now.Cancel);
            var command = connection.CreateCommand();
            command.CommandText = sql;
            await using (command)
            {
                var reader = await command.ExecuteReaderAsync(Now.Cancel);
                await using (reader)
                {
                    var rows = new List<string>();
                    while (await reader.ReadAsync(Now.Cancel))
                    {
                        rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(column => reader.GetValue(column).ToString())));
                    }

                    return rows;
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var storage in _opened)
        {
            await storage.DisposeAsync();
        }

        _folder?.Delete(recursive: true);
    }
}
