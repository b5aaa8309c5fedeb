using Ensemble.Load.Measuring;
using Ensemble.Load.Processes;
using Ensemble.Load.Reports;
using Ensemble.Load.Traffic;

namespace Ensemble.Load.Cluster;

/// <summary>The verb <c>cluster</c>: what it costs to run on several nodes instead of one.</summary>
internal sealed class ClusterRun(ClusterOptions options, CancellationToken cancel)
{
    private readonly double _brief = options.Quick ? 0.5 : 1;

    public async Task<int> ExecuteAsync()
    {
        var silo = ProductFiles.Silo(options.Silo);
        ClusterMeasurements measured;
        await using (var fleet = await Fleet.StartAsync(silo, hasOneNode: true, cancel))
        {
            await SayAsync("all parts are ready");
            measured = await MeasureAsync(fleet);
        }

        var report = ClusterReport.Write(options, await MachineFacts.ReadAsync(silo, cancel), measured);
        await Console.Out.WriteLineAsync(report);
        var file = options.Out ?? Path.Combine(ProductFiles.Repository(), "bench/results", $"cluster-{TimeProvider.System.GetLocalNow():yyyy-MM-dd}.md");
        await File.WriteAllTextAsync(file, report, cancel);
        await SayAsync($"written to {file}");
        return measured.Failures.Count == 0 ? 0 : 1;
    }

    private async Task<ClusterMeasurements> MeasureAsync(Fleet fleet)
    {
        using var probe = new StubProbe(fleet.Stub);
        await WarmUpAsync(fleet, probe);
        Side[] whole = [fleet[Fleet.OneNode], fleet[Fleet.OneSilo], fleet[Fleet.TwoSilos]];
        var rounds = new SideRounds(whole, new SlotRunner(probe), options.Rounds);
        var latency = new List<SideResult>();
        foreach (var callers in (int[])[1, 16])
        {
            latency.AddRange(await rounds.RunAsync(new LoadShape(3, 50, callers, Streamed: false, Seconds(callers == 1 ? 1.2 : 0.8)), cancel));
            await SayAsync($"whole answers, {callers} callers: done");
        }

        var streams = new TokenRounds([fleet[Fleet.OneNode], fleet[Fleet.TwoSilos], fleet[Fleet.TwoSilosPull]], probe, options.Rounds, options.Quick ? 1 : 2);
        var tokens = new List<TokenCell>();
        foreach (var count in (int[])[1, 32])
        {
            tokens.Add(await streams.RunAsync(count, cancel));
            await SayAsync($"streamed answers, {count} at once: done");
        }

        var (traffic, failure) = await MeasureTrafficAsync(fleet, probe);
        await SayAsync("calls and bytes: done");

        // Last, since of its many runs a silo keeps the manifests.
        var throughput = await rounds.RunAsync(new LoadShape(3, 0, 64, Streamed: false, Seconds(1.2)), cancel);
        await SayAsync("throughput: done");
        return new ClusterMeasurements
        {
            Latency = latency,
            Throughput = throughput,
            Silos = SiloComparison.Of(throughput),
            Tokens = tokens,
            Traffic = traffic,
            Failures =
            [
                .. latency.Concat(throughput).Select(result => result.Cell.Failure).Concat(tokens.Select(cell => cell.Failure)).Append(failure).OfType<string>().Distinct(),
            ],
        };
    }

    /// <summary>Long enough for the runtime to have compiled what is hot for good, in every process.</summary>
    private async Task WarmUpAsync(Fleet fleet, StubProbe probe)
    {
        foreach (var side in fleet.Sides)
        {
            var load = await side.Load.RunAsync(new LoadShape(3, 0, 16, Streamed: false, Seconds(3)), cancel);
            if (load.Errors > 0)
            {
                throw new LoadException($"{side.Name}, warm-up: {load.FirstError}");
            }

            await TokenRounds.StreamAsync(side, streams: 32, answers: options.Quick ? 1 : 2, probe, cancel);
        }

        await SayAsync("warmed up");
    }

    private async Task<(IReadOnlyList<TrafficFigures> Figures, string? Failure)> MeasureTrafficAsync(Fleet fleet, StubProbe probe)
    {
        var meter = new TrafficMeter(probe, Seconds(3), cancel);
        var figures = new List<TrafficFigures>();
        try
        {
            foreach (var (side, streamed) in ((string, bool)[])
                [(Fleet.OneSilo, false), (Fleet.TwoSilos, false), (Fleet.OneSilo, true), (Fleet.TwoSilos, true), (Fleet.TwoSilosPull, true)])
            {
                figures.Add(await meter.MeasureAsync(fleet[side], streamed));
            }

            // A frontend whose stream does not serve pulls, and says so only in its log.
            var unserved = figures.Find(one => one.Streamed && one.Side == Fleet.TwoSilos && one.OfRun.StreamPushes < 1);
            return (figures, unserved is null ? null : $"The frontend of {unserved.Side} pulled its answers, though it was to get them by its stream.");
        }
        catch (LoadException problem)
        {
            return (figures, problem.Message);
        }
    }

    private TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds * _brief);

    private static Task SayAsync(string what) => Console.Error.WriteLineAsync($"cluster: {what}");
}
