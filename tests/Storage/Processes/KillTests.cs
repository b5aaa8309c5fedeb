using System.Globalization;
using System.Text;
using Ensemble.Storage.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Storage.Tests.Processes;

/// <summary>What was acknowledged is there, whoever is killed.</summary>
public sealed class KillTests
{
    private const int KillAfter = 200;

    [Fact]
    public async Task Write_ProcessKilled_SqliteHasEverythingAcknowledged()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);

        var acknowledged = await WriteAndKillAsync(database);

        await ShouldHaveAsync(database, acknowledged);
    }

    [Fact]
    public async Task Write_ProcessAndServerKilled_PostgresHasEverythingAcknowledged()
    {
        await using var server = new PostgresServer { IsDurable = true };
        await using var database = TestDatabase.Of(await server.CreateDatabaseAsync());

        var acknowledged = await WriteAndKillAsync(database);
        await server.StopAsync("immediate");
        await server.StartAsync();

        await ShouldHaveAsync(database, acknowledged);
    }

    /// <returns>The last revision that the killed process had announced.</returns>
    private static async Task<long> WriteAndKillAsync(TestDatabase database)
    {
        using var process = Writer.Start(database, writes: 1000);
        var errors = process.StandardError.ReadToEndAsync(Now.Cancel);
        var lines = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(Now.Cancel) is { } line)
        {
            lines.Add(line);
            if (lines.Count == KillAfter)
            {
                process.Kill();
            }
        }

        await process.WaitForExitAsync(Now.Cancel);
        (await errors).ShouldBeEmpty();
        process.ExitCode.ShouldBe(128 + 9);
        lines.Count.ShouldBeInRange(KillAfter, 999);
        return long.Parse(lines[^1], CultureInfo.InvariantCulture);
    }

    private static async Task ShouldHaveAsync(TestDatabase database, long acknowledged)
    {
        var document = await database.Another().Catalog.ReadAsync(Now.Cancel);

        // The last write may have been done without having been acknowledged.
        document.Revision.ShouldBeInRange(acknowledged, acknowledged + 1);
        var written = document.Entries.ToDictionary(entry => entry.Name, entry => (Encoding.UTF8.GetString(entry.Json.Span), entry.Version));
        written.Count.ShouldBe((int)document.Revision);
        for (var revision = 0; revision < document.Revision; revision++)
        {
            written[$"model-{revision}"].ShouldBe(($"{revision}", revision + 1));
        }
    }
}
