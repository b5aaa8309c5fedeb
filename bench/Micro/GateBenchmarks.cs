using System.Diagnostics.Metrics;
using System.Threading.RateLimiting;
using BenchmarkDotNet.Attributes;
using Ensemble.Catalog;
using Ensemble.Catalog.Serving;
using Ensemble.Gates;
using Ensemble.Storage.Memory;
using Ensemble.Upstreams;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Micro;

/// <summary>
/// What a gate costs a sub-call, and how much one hot gate carries. The limiters of .NET, next to it, admit calls; they have no
/// settlement of tokens, no lease that expires, no cooldown and no snapshot. A sub-call passes a gate twice: in, and out with its outcome.
/// </summary>
public class GateBenchmarks : IAsyncDisposable
{
    private const int Calls = 64 * 1000;

    private static readonly GateKey Key = GateKey.Model("hot");
    private static readonly GateHolder Holder = new(RunId.New(), 1, "bench", SubCallRole.Panel, new SubCallKey(SubCallStep.Candidate, 0, 0));

    private readonly SlidingWindowRateLimiter _requests = Window();
    private readonly SlidingWindowRateLimiter _tokens = Window();
    private readonly ConcurrencyLimiter _inFlight = new(new ConcurrencyLimiterOptions { PermitLimit = 10_000 });
    private readonly Meter _meter = new("bench");
    private readonly GateAgent _agent;

    public GateBenchmarks()
    {
        var model = new ModelConfig
        {
            DisplayName = Key.Name,
            Provider = ProviderKind.Simulated,
            Model = Key.Name,
            RateLimit = new RateLimitConfig { Rpm = int.MaxValue, Rpd = int.MaxValue, Tpm = long.MaxValue / 2, Concurrency = 10_000 },
        };
        var catalog = new StaticCatalog(new CatalogSnapshot(1, [model], [], []));
        var gates = new ProcessGates(catalog, new InMemoryGateStore(), TimeProvider.System);
        _agent = new GateAgent(gates, catalog, TimeProvider.System, new GateInstruments(_meter), NullLogger<GateAgent>.Instance);
    }

    /// <summary>At once, each on the thread pool.</summary>
    [Params(1, 64)]
    public int Callers { get; set; }

    [Benchmark(Baseline = true, OperationsPerInvoke = Calls)]
    public Task OneSlidingWindow() => PassAsync(() =>
    {
        using var request = _requests.AttemptAcquire();
        return new(request.IsAcquired);
    });

    [Benchmark(OperationsPerInvoke = Calls)]
    public Task TwoSlidingWindowsAndConcurrency() => PassAsync(() =>
    {
        using var inFlight = _inFlight.AttemptAcquire();
        using var tokens = _tokens.AttemptAcquire(100);
        using var request = _requests.AttemptAcquire();
        return new(request.IsAcquired && tokens.IsAcquired && inFlight.IsAcquired);
    });

    /// <summary>Four limits and a cooldown, leases that are renewed, a state that is saved every second.</summary>
    [Benchmark(OperationsPerInvoke = Calls)]
    public Task Product() => PassAsync(async () =>
    {
        var admission = await _agent.AcquireAsync(new GateRequest(Key, Guid.NewGuid(), 100, Holder), CancellationToken.None);
        if (admission.Lease is not { } lease)
        {
            return false;
        }

        await _agent.ReleaseAsync(lease, new GateRelease(CallOutcome.Ok, 30, null));
        return true;
    });

    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        _meter.Dispose();
        await _requests.DisposeAsync();
        await _tokens.DisposeAsync();
        await _inFlight.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private Task PassAsync(Func<ValueTask<bool>> pass) => Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
    {
        for (var call = 0; call < Calls / Callers; call++)
        {
            if (!await pass())
            {
                throw new InvalidOperationException("The gate refused a call.");
            }
        }
    })));

    private static SlidingWindowRateLimiter Window() => new(new SlidingWindowRateLimiterOptions
    {
        PermitLimit = int.MaxValue,
        Window = TimeSpan.FromMinutes(1),
        SegmentsPerWindow = 60,
    });
}
