using System.Diagnostics;
using Ensemble.Load.Processes;
using Ensemble.Load.Reports;

namespace Ensemble.Load.Failures;

/// <summary>The verb <c>failures</c>: what is lost when something dies in a cluster.</summary>
internal sealed class FailuresRun(FailuresOptions options, CancellationToken cancel)
{
    public const int Callers = 20;

    /// <summary>A lease of a call that nobody ends expires after 30 s; whoever takes the gate over gives it that long anew.</summary>
    private static readonly TimeSpan LeasesEnd = TimeSpan.FromSeconds(48);

    private static readonly TimeSpan Flushed = TimeSpan.FromSeconds(2);

    private readonly TimeSpan _before = TimeSpan.FromSeconds(options.Quick ? 6 : 12);
    private readonly TimeSpan _after = TimeSpan.FromSeconds(options.Quick ? 12 : 30);

    public async Task<int> ExecuteAsync()
    {
        var silo = ProductFiles.Silo(options.Silo);
        var figures = new List<CaseFigures>();
        var failures = new List<string>();
        foreach (var one in options.Cases)
        {
            try
            {
                figures.Add(await RunAsync(one, silo));
            }
            catch (LoadException problem)
            {
                failures.Add($"{one.Name}: {problem.Message}");
                await SayAsync(failures[^1]);
            }
        }

        var report = FailuresReport.Write(options, await MachineFacts.ReadAsync(silo, cancel), figures, failures);
        await Console.Out.WriteLineAsync(report);
        var file = options.Out ?? Path.Combine(ProductFiles.Repository(), "bench/results", $"failures-{TimeProvider.System.GetLocalNow():yyyy-MM-dd}.md");
        await File.WriteAllTextAsync(file, report, cancel);
        await SayAsync($"written to {file}");
        return failures.Count == 0 ? 0 : 1;
    }

    private async Task<CaseFigures> RunAsync(FailureCase one, string silo)
    {
        await using var cluster = await FailureCluster.StartAsync(silo, one, cancel);
        try
        {
            await cluster.Load.RehearseAsync(Callers / 2, requests: 4);
            cluster.Load.Start(Callers);
            await WaitAsync(_before);
            await one.ActAsync(cluster, cancel);
            var repairedAt = Stopwatch.GetTimestamp();
            await WaitAsync(_after);
            await cluster.Load.EndAsync();

            // What died with its call is reported when its lease has ended.
            await WaitAsync(LeasesEnd - Stopwatch.GetElapsedTime(cluster.StruckAt));
            await WaitAsync(Flushed);
            var figures = new CaseAnalysis(one, cluster, repairedAt).Analyse();
            await SayAsync($"{one.Name}: {figures.Sent} sent, {figures.Lost} lost, {figures.Broken} broken, {figures.Usage.Missing} usage events missing");
            return figures;
        }
        finally
        {
            KeepLogs(one, cluster);
        }
    }

    private void KeepLogs(FailureCase one, FailureCluster cluster)
    {
        if (options.Logs is { } folder)
        {
            var kept = Directory.CreateDirectory(Path.Combine(folder, one.Name)).FullName;
            foreach (var node in cluster.Nodes)
            {
                File.Copy(node.Log, Path.Combine(kept, Path.GetFileName(node.Log)), overwrite: true);
            }

            File.WriteAllLines(Path.Combine(kept, "requests.txt"), cluster.Load.Records.Select(record => Describe(record, cluster)));
        }
    }

    private static string Describe(RequestRecord record, FailureCluster cluster)
    {
        return $"{record.Number} {record.Run} {(record.Streamed ? "streamed" : "whole")} frontend-{record.Frontend?.Address.Port} sent {From(record.SentAt)} shown {(record.ShownAt is { } shown ? From(shown) : "-")} "
            + $"ended {From(record.EndedAt)} {record.Outcome} {record.Error} | "
            + string.Join(", ", cluster.Stub.Calls.Where(call => call.Request == record.Number).Select(call => $"{call.Model} {From(call.Arrived)}..{From(call.Ended)} {(call.IsWhole ? "whole" : "cut")}"));

        string From(long time) => $"{(time - cluster.StruckAt) / (double)Stopwatch.Frequency:0.000}";
    }

    private Task WaitAsync(TimeSpan time) => time > TimeSpan.Zero ? Task.Delay(time, TimeProvider.System, cancel) : Task.CompletedTask;

    private static Task SayAsync(string what) => Console.Error.WriteLineAsync($"failures: {what}");
}
