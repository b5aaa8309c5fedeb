using System.Diagnostics;
using Ensemble.Load.Measuring;
using Ensemble.Load.Processes;
using Ensemble.Load.Traffic;

namespace Ensemble.Load.Soak;

/// <summary>Keeps a gateway saturated for minutes, and writes down what it does meanwhile.</summary>
internal sealed class SoakMeter(LoadGenerator baseline, ChildProcess gateway, TimeSpan length, CancellationToken cancel)
{
    private const string Queue = "ensemble_ledger_queue";
    private const string Dropped = "ensemble_ledger_dropped";

    private static readonly TimeSpan LongestWindow = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BaselineSlot = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(2);

    private static readonly LoadShape Shape = new(Panel: 3, Latency: 0, Callers: 64, Streamed: false, TimeSpan.Zero);

    private readonly int _windows = Math.Max(6, (int)Math.Ceiling(length / LongestWindow));

    public async Task<SoakResult> MeasureAsync()
    {
        var before = await BaselineAsync();
        await Task.Delay(BaselineSlot, TimeProvider.System, cancel);
        var (windows, fault, failure) = await SoakAsync();
        double[] rates = gateway.HasExited ? [before] : [before, await BaselineAsync()];
        return new SoakResult(gateway.Name, length, rates, windows, fault, failure);
    }

    /// <returns>Runs a second, while the gateway is stopped: for no longer than a node can be away.</returns>
    private async Task<double> BaselineAsync()
    {
        gateway.Send(Signal.Stop);
        try
        {
            var load = await baseline.RunAsync(Shape with { Measured = BaselineSlot }, cancel);
            return load.Errors == 0
                ? load.EndedInside / BaselineSlot.TotalSeconds
                : throw new LoadException($"The {baseline.Name} failed {load.Errors} runs, the first: {load.FirstError}");
        }
        finally
        {
            gateway.Send(Signal.Continue);
        }
    }

    private async Task<(IReadOnlyList<SoakWindow> Windows, string? FirstFault, string? Failure)> SoakAsync()
    {
        using var load = new LoadGenerator(gateway);
        using var metrics = gateway.Plan.Metrics is { } address ? new MetricsProbe(address) : null;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var begin = Stopwatch.GetTimestamp();
        var sink = new SoakSink(begin + (long)(length.TotalSeconds * Stopwatch.Frequency));
        var running = load.RunAsync(Shape, begin, sink, stop.Token);
        var (windows, fault) = (new List<SoakWindow>(), default(string));
        try
        {
            while (windows.Count < _windows)
            {
                var (from, processor, used) = (Stopwatch.GetElapsedTime(begin), gateway.ProcessorTime, Environment.CpuUsage.TotalTime);
                var (queue, dropped) = await WatchAsync(metrics, begin, length * (windows.Count + 1) / _windows);
                var (count, seconds) = (sink.Take(), (Stopwatch.GetElapsedTime(begin) - from).TotalSeconds);
                fault ??= count.FirstFault;
                var runs = Math.Max(count.Times.Count, 1);
                var window = new SoakWindow(from, seconds, count.Times.Count)
                {
                    Latency = Spread.Of(count.Times),
                    Refusals = count.Refusals,
                    Processor = (gateway.ProcessorTime - processor).TotalMilliseconds / runs,
                    Load = (Environment.CpuUsage.TotalTime - used).TotalMilliseconds / runs,
                    Resident = ProcessMemory.ResidentBytes(gateway.Id),
                    Queue = queue,
                    Dropped = dropped,
                };
                windows.Add(window);
                await Console.Error.WriteLineAsync(
                    $"{gateway.Name}, soak: {from.TotalSeconds + seconds:0} s, {window.RunsPerSecond:0} runs/s, {count.Refused} refused");
            }

            await running;
            return (windows, fault, null);
        }
        catch (LoadException problem)
        {
            return (windows, fault, problem.Message);
        }
        finally
        {
            await stop.CancelAsync();
            await running.ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    /// <returns>The most bytes in the ledger's queue until then, and the last count of what it dropped.</returns>
    private async Task<(double? Queue, double? Dropped)> WatchAsync(MetricsProbe? metrics, long begin, TimeSpan until)
    {
        var (queue, dropped) = ((double?)null, (double?)null);
        for (var left = until - Stopwatch.GetElapsedTime(begin); left > TimeSpan.Zero; left = until - Stopwatch.GetElapsedTime(begin))
        {
            await Task.Delay(left < PollInterval ? left : PollInterval, TimeProvider.System, cancel);
            foreach (var (name, value) in metrics is null ? new Dictionary<string, double>() : await metrics.ReadAsync(cancel))
            {
                queue = name.StartsWith(Queue, StringComparison.Ordinal) ? Math.Max(queue ?? 0, value) : queue;
                dropped = name.StartsWith(Dropped, StringComparison.Ordinal) ? value : dropped;
            }
        }

        return (queue, dropped);
    }
}
