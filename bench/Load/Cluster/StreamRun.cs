using Ensemble.Load.Processes;
using Ensemble.Load.Reports;
using Ensemble.Load.Traffic;

namespace Ensemble.Load.Cluster;

/// <summary>The verb <c>stream</c>: how long a token takes to a frontend of its own process, pushed and pulled.</summary>
internal sealed class StreamRun(ClusterOptions options, CancellationToken cancel)
{
    /// <summary>At once. Many first: by then the runtime has compiled for good what the single one is to be measured by.</summary>
    private static readonly int[] Streams = [32, 1];

    public async Task<int> ExecuteAsync()
    {
        var silo = ProductFiles.Silo(options.Silo);
        StreamMeasurements measured;
        await using (var fleet = await Fleet.StartAsync(silo, hasOneNode: false, cancel))
        {
            measured = await MeasureAsync(fleet);
        }

        var report = StreamReport.Write(options, await MachineFacts.ReadAsync(silo, cancel), measured);
        await Console.Out.WriteLineAsync(report);
        var name = $"answer-stream-{TimeProvider.System.GetLocalNow():yyyy-MM-dd}.md";
        var file = options.Out ?? Path.Combine(ProductFiles.Repository(), "bench/results", name);
        await File.WriteAllTextAsync(file, report, cancel);
        await SayAsync($"written to {file}");
        return measured.Tokens.All(cell => cell.Failure is null) ? 0 : 1;
    }

    private async Task<StreamMeasurements> MeasureAsync(Fleet fleet)
    {
        using var probe = new StubProbe(fleet.Stub);
        foreach (var side in fleet.Sides)
        {
            // As many answers as make the runtime compile what is hot for good.
            await TokenRounds.StreamAsync(side, streams: 32, answers: options.Quick ? 1 : 10, probe, cancel);
        }

        await SayAsync("warmed up");
        var tokens = new List<TokenCell>();
        foreach (var streams in Streams)
        {
            tokens.Add(await new TokenRounds(fleet.Sides, probe, options.Rounds, options.Quick ? 1 : 2).RunAsync(streams, cancel));
            await SayAsync($"{streams} at once: done");
        }

        var meter = new TrafficMeter(probe, TimeSpan.FromSeconds(options.Quick ? 1 : 4), cancel);
        var traffic = new List<TrafficFigures>();
        foreach (var side in fleet.Sides)
        {
            traffic.Add(await meter.MeasureAsync(side, streamed: true));
        }

        await SayAsync("calls and bytes: done");
        var rest = await SiloRest.MeasureAsync(fleet[Fleet.TwoSilos], options.Quick ? SiloRest.Brief : 3 * SiloRest.Brief, cancel);
        return new StreamMeasurements(tokens, traffic, rest);
    }

    private static Task SayAsync(string what) => Console.Error.WriteLineAsync($"stream: {what}");
}
