using System.Collections.Concurrent;
using System.Diagnostics;
using Ensemble.Load.Processes;

namespace Ensemble.Load.Traffic;

/// <summary>Sends load to one gateway in a closed loop.</summary>
internal sealed class LoadGenerator : IDisposable
{
    private static int _runs;

    private readonly ChildProcess _gateway;
    private readonly LoadClient _client;
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(10),
    });

    public LoadGenerator(ChildProcess gateway, LoadClient client = LoadClient.Raw) => (_gateway, _client) = (gateway, client);

    /// <summary>The number that the next run of this benchmark gets; numbers are shared by both sides.</summary>
    public static int NextRun => Volatile.Read(ref _runs) + 1;

    public static int TakeRun() => Interlocked.Increment(ref _runs);

    public ChildProcess Gateway => _gateway;

    public string Name => _gateway.Name;

    public Uri Endpoint => new(_gateway.Address, Names.ChatPath);

    public HttpMessageInvoker Http => _http;

    public async Task<SlotLoad> RunAsync(LoadShape shape, CancellationToken cancel)
    {
        var (processor, used) = (_gateway.ProcessorTime, Environment.CpuUsage.TotalTime);
        var begin = Stopwatch.GetTimestamp();
        var from = begin + Ticks(shape.Lead);
        var to = from + Ticks(shape.Measured);
        var load = _client == LoadClient.Raw ? await RawAsync(shape, begin, to, cancel) : await HttpAsync(shape, to, cancel);
        _gateway.EnsureRunning();
        return load with
        {
            From = from,
            To = to,
            ProcessorTime = _gateway.ProcessorTime - processor,
            LoadTime = Environment.CpuUsage.TotalTime - used,
        };
    }

    /// <summary>Sends this many runs at once, and waits for all.</summary>
    /// <exception cref="LoadException">One of them failed.</exception>
    public async Task BurstAsync(int runs, int panel, int latency, CancellationToken cancel)
    {
        var shape = new LoadShape(panel, latency, runs, Streamed: true, TimeSpan.Zero) { Spread = TimeSpan.Zero };
        var load = await RawAsync(shape, begin: 0, to: 0, cancel);
        if (load.Errors > 0)
        {
            throw new LoadException($"The {Name} failed {load.Errors} of {runs} runs at once, the first: {load.FirstError}");
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<SlotLoad> RawAsync(LoadShape shape, long begin, long to, CancellationToken cancel)
    {
        var sink = new SlotSink(to);
        await RunAsync(shape, begin, sink, cancel);
        return new SlotLoad(sink.Samples, sink.Errors, sink.FirstError);
    }

    /// <summary>Load whose answers go to a sink, which also ends it.</summary>
    public Task RunAsync(LoadShape shape, long begin, IAnswerSink sink, CancellationToken cancel) => Task.Factory.StartNew(
        () =>
        {
            using var load = new RawLoad(_gateway.Address, _gateway.Plan.RequestHeaders, shape, sink, cancel);
            load.Run(begin);
        },
        cancel,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private async Task<SlotLoad> HttpAsync(LoadShape shape, long to, CancellationToken cancel)
    {
        var samples = new ConcurrentBag<IReadOnlyList<Sample>>();
        var failures = new ConcurrentQueue<string>();
        await Task.WhenAll(Enumerable.Range(0, shape.Callers).Select(number => LoopAsync(number)));
        return new SlotLoad([.. samples.SelectMany(list => list)], failures.Count, failures.FirstOrDefault());

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

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
