using System.Text;
using Ensemble.Catalog;
using Ensemble.Storage.Postgres;
using Ensemble.Storage.Sql;
using Ensemble.Storage.Sqlite;
using Ensemble.Storage.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Storage.Tests.Migrations;

public sealed class MigrationTests
{
    private const string Versions = "SELECT version, name FROM schema_migrations ORDER BY version";

    public static TheoryData<StorageProvider> Sql => TestDatabase.Sql;

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Open_EmptyDatabase_TakesEveryStepAndRecordsIt(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);

        await database.Another().OpenAsync(Now.Cancel);

        (await database.QueryAsync(Versions)).ShouldBe(["1|001_catalog", "2|002_gates", "3|003_runs", "4|004_usage", "5|005_usage_days", "6|006_run_panels", "7|007_ledger", "8|008_reports", "9|009_token_kinds"]);
        foreach (var table in (string[])["catalog_entries", "gates", "run_answers", "run_claims", "ledger_names", "ledger_calls", "ledger_runs", "ledger_days", "run_panels", "report_counts", "run_feedback"])
        {
            (await database.QueryAsync($"SELECT count(*) FROM {table}")).ShouldBe(["0"]);
        }
    }

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Open_Again_ChangesNothing(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var first = database.Another();
        await first.OpenAsync(Now.Cancel);
        await first.Catalog.WriteAsync([new CatalogChange(CatalogEntryKind.Model, "a", Encoding.UTF8.GetBytes("{}"))], 0, Now.Cancel);
        var before = await database.QueryAsync("SELECT * FROM schema_migrations ORDER BY version");

        await first.OpenAsync(Now.Cancel);
        await database.Another().OpenAsync(Now.Cancel);

        (await database.QueryAsync("SELECT * FROM schema_migrations ORDER BY version")).ShouldBe(before);
        (await database.Another().Catalog.ReadAsync(Now.Cancel)).Entries.ShouldHaveSingleItem();
    }

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Open_ByEightAtOnce_EachStepIsTakenOnce(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var openers = Enumerable.Range(0, 8).Select(_ => database.Another()).ToList();
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var opened = openers.Select(async opener =>
        {
            await start.Task;
            await opener.OpenAsync(Now.Cancel);
            return await opener.Catalog.ReadRevisionAsync(Now.Cancel);
        }).ToList();
        start.SetResult();

        (await Task.WhenAll(opened)).ShouldAllBe(revision => revision == 0);

        (await database.QueryAsync(Versions)).Count.ShouldBe(9);
    }

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Open_DatabaseOfANewerVersion_IsRefusedUntouched(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await database.Another().OpenAsync(Now.Cancel);
        await database.QueryAsync("INSERT INTO schema_migrations (version, name, applied_at) VALUES (900, '900_later', 0)");

        var refused = await Should.ThrowAsync<StorageException>(() => database.Another().OpenAsync(Now.Cancel));

        refused.IsTransient.ShouldBeFalse();
        refused.Message.ShouldContain("newer version");
        refused.Message.ShouldContain("900");
        (await database.QueryAsync(Versions)).Count.ShouldBe(10);
    }

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Open_FromEachEarlierVersion_LeadsToTheSameTables(StorageProvider provider)
    {
        await using var fresh = await TestDatabase.CreateAsync(provider);
        await fresh.Another().OpenAsync(Now.Cancel);
        var expected = await TablesAsync(fresh);
        expected.Count.ShouldBeGreaterThan(20);
        var all = Steps(provider);
        all.Select(migration => migration.Number).ShouldBe(Enumerable.Range(1, all.Count));
        for (var steps = 0; steps < all.Count; steps++)
        {
            await using var database = await TestDatabase.CreateAsync(provider);
            await using (var earlier = Open(database, [.. all.Take(steps)]))
            {
                await earlier.OpenAsync(Now.Cancel);
                (await TablesAsync(database)).ShouldNotBe(expected);
            }

            await database.Another().OpenAsync(Now.Cancel);

            (await TablesAsync(database)).ShouldBe(expected);
        }
    }

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Open_StepThatFails_LeavesTheStepsBeforeItAndCanBeTriedAgain(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var all = Steps(provider);
        var broken = all[1] with { Sql = all[1].Sql + "CREATE TABLE gates (again integer);" };
        await using (var failing = Open(database, [all[0], broken]))
        {
            (await Should.ThrowAsync<StorageException>(() => failing.OpenAsync(Now.Cancel))).IsTransient.ShouldBeFalse();
        }

        (await database.QueryAsync(Versions)).ShouldBe(["1|001_catalog"]);
        await database.Another().OpenAsync(Now.Cancel);
        (await database.QueryAsync(Versions)).Count.ShouldBe(9);
    }

    private static IReadOnlyList<Migration> Steps(StorageProvider provider) =>
        Migration.For(provider == StorageProvider.Sqlite ? SqliteDatabase.SqlDialect : PostgresDatabase.SqlDialect);

    private static SqlDatabase Open(TestDatabase database, IReadOnlyList<Migration> migrations) => database.Options.Provider == StorageProvider.Sqlite
        ? new SqliteDatabase(SqlitePath.Of(database.Options.ConnectionString), migrations, TimeProvider.System)
        : new PostgresDatabase(PostgresConnection.Read(database.Options.ConnectionString), migrations, TimeProvider.System, NullLoggerFactory.Instance);

    private static Task<IReadOnlyList<string>> TablesAsync(TestDatabase database) => database.QueryAsync(database.Options.Provider == StorageProvider.Sqlite
        ? "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name"
        : "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns WHERE table_schema = 'public' "
            + "UNION ALL SELECT tablename, indexname, indexdef, '' FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2");
}
