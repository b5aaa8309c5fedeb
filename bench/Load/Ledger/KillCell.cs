using System.Collections.Concurrent;
using System.Diagnostics;
using Ensemble.Load.Measuring;
using Ensemble.Load.Processes;
using Ensemble.Load.Traffic;
using Ensemble.Storage;
using Ensemble.Storage.Hosting;
using Ensemble.Usage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Load.Ledger;

/// <summary>The product under load, killed: which answers that callers have are in no account?</summary>
internal sealed class KillCell(string product, Uri stub, string folder, Watchdog watchdog)
{
    private const int Callers = 16;
    private const string RunIdHeader = "x-ensemble-run-id";

    private static readonly TimeSpan Load = TimeSpan.FromSeconds(3);

    private static readonly string Alias = Names.Ensemble(3, 50);

    public async Task<KillFigures> MeasureAsync(string durability, int round, CancellationToken cancel)
    {
        var database = $"Data Source={Path.Combine(folder, $"{durability}-{round}.db")}";
        var catalog = await ProductFiles.WriteCatalogAsync(folder, stub, cancel);
        var plan = LaunchPlan.Product(product, catalog,
            ["--Storage:Provider", "sqlite", "--Storage:ConnectionString", database, "--Usage:Durability", durability, "--Usage:Log", "false", "--Management:Url", "none"]);
        var answers = new ConcurrentBag<AnsweredRun>();
        long killed;
        await using (var gateway = await ChildProcess.StartAsync(plan, folder, cancel, watchdog))
        {
            using var http = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
            var callers = Enumerable.Range(0, Callers).Select(number => AskAsync(http, gateway.Address, number, answers, cancel)).ToArray();
            await Task.Delay(Load, TimeProvider.System, cancel);
            gateway.Send(Signal.Kill);
            killed = Stopwatch.GetTimestamp();
            await Task.WhenAll(callers);
        }

        var stored = await StoredAsync(database, cancel);
        var lost = answers.Where(answer => !stored.Contains(answer.Run)).ToList();
        return new KillFigures(
            durability,
            answers.Count,
            lost.Count,
            lost.Select(answer => Stopwatch.GetElapsedTime(answer.Ended, killed)).Append(TimeSpan.Zero).Max(),
            TimeSpan.FromMilliseconds(Statistics.Median(answers.Select(answer => answer.Latency.TotalMilliseconds))));
    }

    // Until the connection breaks, which is what a kill looks like from here.
    private static async Task AskAsync(HttpMessageInvoker http, Uri gateway, int number, ConcurrentBag<AnsweredRun> answers, CancellationToken cancel)
    {
        var body = Caller.Body(Alias, streamed: false);
        for (var run = number; ; run += Callers)
        {
            using var request = Caller.Request(new Uri(gateway, Names.ChatPath), body, run);
            try
            {
                var started = Stopwatch.GetTimestamp();
                using var response = await http.SendAsync(request, cancel);
                await response.Content.LoadIntoBufferAsync(cancel);
                var ended = Stopwatch.GetTimestamp();
                if (!response.IsSuccessStatusCode)
                {
                    throw new LoadException($"The product answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancel)}");
                }

                answers.Add(new AnsweredRun(response.Headers.GetValues(RunIdHeader).Single(), ended, Stopwatch.GetElapsedTime(started, ended)));
            }
            catch (HttpRequestException)
            {
                return;
            }
        }
    }

    private static async Task<HashSet<string>> StoredAsync(string database, CancellationToken cancel)
    {
        var options = new StorageOptions { Provider = StorageProvider.Sqlite, ConnectionString = database };
        await using var storage = EnsembleStorage.Create(options, TimeProvider.System, NullLoggerFactory.Instance);
        await storage.OpenAsync(cancel);
        var now = TimeProvider.System.GetUtcNow();
        var stored = new HashSet<string>();
        RunPosition? last = null;
        while (await storage.UsageQueries.ListRunsAsync(new RunFilter(now.AddHours(-1), now.AddHours(1)), last, 1000, cancel) is { Count: > 0 } page)
        {
            stored.UnionWith(page.Select(run => run.Run.Value));
            last = RunPosition.Of(page[^1]);
        }

        return stored;
    }

    private readonly record struct AnsweredRun(string Run, long Ended, TimeSpan Latency);
}
