using System.Threading.RateLimiting;

namespace Ensemble.Load.Gate;

/// <summary>
/// What .NET has for it: a sliding window of 60 segments for requests, and, where asked for, one for tokens and a limiter of
/// concurrency beside it. No settlement of tokens, no lease that expires, no cooldown, no snapshot: none of them has these.
/// </summary>
internal sealed class LimiterGate(bool all) : IGateSubject
{
    private readonly SlidingWindowRateLimiter _requests = Window();
    private readonly SlidingWindowRateLimiter? _tokens = all ? Window() : null;
    private readonly ConcurrencyLimiter? _inFlight = all ? new(new ConcurrencyLimiterOptions { PermitLimit = 10_000 }) : null;

    public string Name => all ? "two sliding windows and concurrency" : "one sliding window";

    public ValueTask<bool> PassAsync()
    {
        using var inFlight = _inFlight?.AttemptAcquire();
        using var tokens = _tokens?.AttemptAcquire(100);
        using var request = _requests.AttemptAcquire();
        return new(request.IsAcquired && tokens?.IsAcquired != false && inFlight?.IsAcquired != false);
    }

    public async ValueTask DisposeAsync()
    {
        await _requests.DisposeAsync();
        if (all)
        {
            await _tokens!.DisposeAsync();
            await _inFlight!.DisposeAsync();
        }
    }

    private static SlidingWindowRateLimiter Window() => new(new SlidingWindowRateLimiterOptions
    {
        PermitLimit = int.MaxValue,
        Window = TimeSpan.FromMinutes(1),
        SegmentsPerWindow = 60,
    });
}
