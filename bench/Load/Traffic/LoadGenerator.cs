using System.Collections.Concurrent;
using System.Diagnostics;
using Ensemble.Load.Processes;

namespace Ensemble.Load.Traffic;

/// <summary>Sends load to one gateway over connections that stay open from slot to slot.</summary>
internal sealed class LoadGenerator : IDisposable
{
    private static int _runs;

    private readonly ChildProcess _gateway;
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(10),
    });

    public LoadGenerator(ChildProcess gateway) => _gateway = gateway;

    /// <summary>The number that the next run of this benchmark gets; numbers are shared by both sides.</summary>
    public static int NextRun => Volatile.Read(ref _runs) + 1;

    public static int TakeRun() => Interlocked.Increment(ref _runs);

    public Uri Door => new(_gateway.Address, Names.ChatPath);

    public HttpMessageInvoker Http => _http;

    public async Task<SlotLoad> RunAsync(LoadShape shape, CancellationToken cancel)
    {
        var samples = new ConcurrentBag<IReadOnlyList<Sample>>();
        var failures = new ConcurrentQueue<string>();
        var processor = _gateway.ProcessorTime;
        var begin = Stopwatch.GetTimestamp();
        var from = begin + Ticks(shape.Lead);
        var to = from + Ticks(shape.Measured);
        await Task.WhenAll(Enumerable.Range(0, shape.Callers).Select(number => LoopAsync(number)));
        _gateway.EnsureRunning();
        return new SlotLoad(
            [.. samples.SelectMany(list => list)], from, to, _gateway.ProcessorTime - processor, failures.Count, failures.FirstOrDefault());

        async Task LoopAsync(int number)
        {
            var caller = new Caller(_http, _gateway.Address, shape.Alias, shape.Streamed);
            var mine = new List<Sample>();
            await Task.Delay(shape.Spread * number / shape.Callers, TimeProvider.System, cancel);
            while (Stopwatch.GetTimestamp() < to && failures.IsEmpty)
            {
                try
                {
                    mine.Add(await caller.AskAsync(TakeRun(), cancel));
                }
                catch (Exception problem) when (!cancel.IsCancellationRequested)
                {
                    failures.Enqueue(problem.Message);
                }
            }

            samples.Add(mine);
        }
    }

    /// <summary>Sends this many runs at once, and waits for all.</summary>
    /// <exception cref="LoadException">One of them failed.</exception>
    public async Task BurstAsync(int runs, int panel, int latency, CancellationToken cancel)
    {
        var callers = Enumerable.Range(0, runs).Select(_ => new Caller(_http, _gateway.Address, Names.Ensemble(panel, latency), streamed: true)).ToArray();
        await Task.WhenAll(callers.Select(caller => caller.AskAsync(TakeRun(), cancel)));
    }

    public void Dispose() => _http.Dispose();

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
