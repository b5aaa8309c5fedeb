using System.Globalization;
using Ensemble.Load.Cluster;
using Ensemble.Load.Processes;
using Ensemble.Load.Reports;
using Ensemble.Storage;

namespace Ensemble.Load.Ledger;

/// <summary>The verb <c>ledger</c>: how many usage events a second are kept without loss, and what a kill loses.</summary>
internal sealed class LedgerRun(LedgerOptions options, CancellationToken cancel)
{
    private static readonly string[] Durabilities = ["batched", "before_answer"];

    public async Task<int> ExecuteAsync()
    {
        var product = ProductFiles.Silo(options.Silo);
        var folder = Directory.CreateTempSubdirectory("ensemble-ledger-").FullName;
        try
        {
            using var watchdog = new Watchdog();
            watchdog.Watch(folder);
            var paced = await PaceAsync(folder, watchdog);
            var kills = options.HasKills ? await KillAsync(product, folder, watchdog) : [];
            var report = LedgerReport.Write(paced, kills, options, await MachineFacts.ReadAsync(product, cancel));
            var file = options.Out
                ?? Path.Combine(ProductFiles.Repository(), "bench", "results", $"ledger-{TimeProvider.System.GetLocalNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.md");
            await File.WriteAllTextAsync(file, report, cancel);
            await Console.Out.WriteLineAsync(report);
            return paced.All(cell => cell.IsWhole) && kills.Where(kill => kill.Durability != Durabilities[0]).All(kill => kill.Lost == 0) ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public async Task<IReadOnlyList<PacedFigures>> PaceAsync(string folder, Watchdog watchdog)
    {
        var sqlite = new StorageOptions { Provider = StorageProvider.Sqlite, ConnectionString = $"Data Source={Path.Combine(folder, "paced.db")}" };
        var cells = new List<PacedFigures>();
        if (options.SqliteRate > 0)
        {
            cells.Add(await PacedCell.MeasureAsync("SQLite", sqlite, options.SqliteRate, options.Duration, serverTime: null, cancel));
        }

        if (options.PostgresRate > 0)
        {
            await using var server = await Database.StartAsync(watchdog);
            var postgres = new StorageOptions { Provider = StorageProvider.Postgres, ConnectionString = await server.CreateAsync("ledger") };
            cells.Add(await PacedCell.MeasureAsync("PostgreSQL", postgres, options.PostgresRate, options.Duration, () => server.ProcessorTime, cancel));
        }

        return cells;
    }

    private async Task<IReadOnlyList<KillFigures>> KillAsync(string product, string folder, Watchdog watchdog)
    {
        await using var stub = await ChildProcess.StartAsync(LaunchPlan.Stub(), folder, cancel, watchdog);
        var cell = new KillCell(product, stub.Address, folder, watchdog);
        var kills = new List<KillFigures>();
        for (var round = 0; round < options.Kills; round++)
        {
            foreach (var durability in Durabilities)
            {
                kills.Add(await cell.MeasureAsync(durability, round, cancel));
            }
        }

        return kills;
    }
}
