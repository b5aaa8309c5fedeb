namespace Ensemble.Storage.Sql;

/// <summary>
/// Brings a database's tables up to date. Each step is a transaction that also records it, so that a process that dies in the middle
/// leaves whole steps; one process at a time takes steps, and the others find them taken.
/// </summary>
internal sealed class Migrator(string database, SqlDialect dialect, IReadOnlyList<Migration> migrations, TimeProvider time)
{
    /// <summary>Others may be migrating a large database meanwhile.</summary>
    private const int TimeoutSeconds = 600;

    private const string CreateTable =
        "CREATE TABLE IF NOT EXISTS schema_migrations (version integer PRIMARY KEY, name text NOT NULL, applied_at bigint NOT NULL)";

    private const string ReadVersion = "SELECT coalesce(max(version), 0) FROM schema_migrations";
    private const string Record = "INSERT INTO schema_migrations (version, name, applied_at) VALUES (@version, @name, @applied_at)";

    private readonly int _newest = migrations.Count == 0 ? 0 : migrations[^1].Number;

    /// <returns>How many steps this call took.</returns>
    /// <exception cref="StorageException">A newer version was here.</exception>
    public async Task<int> RunAsync(SqlSession session)
    {
        // Neither a lock nor the right to create tables is needed where nothing is to be done.
        if (await VersionAsync(session) == _newest)
        {
            return 0;
        }

        var patient = session with { TimeoutSeconds = TimeoutSeconds };
        if (dialect.LockMigrations is { } take)
        {
            await patient.QueryAsync(take, static _ => 0);
        }

        var taken = 0;
        foreach (var migration in migrations)
        {
            taken += await patient.TransactAsync(transaction => StepAsync(transaction, migration));
        }

        return taken;
    }

    private async Task<int> StepAsync(SqlSession session, Migration migration)
    {
        if (await VersionAsync(session) >= migration.Number)
        {
            return 0;
        }

        await session.ExecuteAsync(CreateTable);
        await session.ExecuteAsync(migration.Sql);
        await session.ExecuteAsync(
            Record, ("version", migration.Number), ("name", migration.Name), ("applied_at", time.GetUtcNow().ToUnixTimeMilliseconds()));
        return 1;
    }

    private async Task<int> VersionAsync(SqlSession session)
    {
        var exists = await session.QueryAsync(dialect.FindMigrations, static _ => true);
        var version = exists.Count == 0 ? 0 : (await session.QueryAsync(ReadVersion, static row => row.GetInt32(0)))[0];
        return version <= _newest
            ? version
            : throw new StorageException(
                $"{database} was written by a newer version of this program: its tables are at step {version}, and this one knows "
                + $"{_newest}. "
                    + "Start the newer version, or restore a copy of the database from before the upgrade.",
                isTransient: false);
    }
}
