using Ensemble.Gates;

namespace Ensemble.Core.Tests.Models;

/// <summary>A gate that admits everybody unless told otherwise, and remembers what it was told.</summary>
internal sealed class ScriptedGate : IGate, IGateAuthority
{
    private readonly Lock _lock = new();
    private readonly Queue<Func<GateRefusal?>> _next = [];
    private readonly Dictionary<string, GateRefusal> _closed = [];
    private readonly List<GateRequest> _requests = [];
    private readonly List<(GateLease Lease, GateRelease Release)> _released = [];
    private readonly List<(GateKey Gate, IReadOnlyList<GateLease> Leases)> _renewed = [];

    /// <summary>The gates that were asked, in order.</summary>
    public IReadOnlyList<string> Acquired => [.. Requests.Select(request => request.Gate.ToString())];

    public IReadOnlyList<GateRequest> Requests => Copy(_requests);

    public IReadOnlyList<(GateLease Lease, GateRelease Release)> Released => Copy(_released);

    public IReadOnlyList<(GateKey Gate, IReadOnlyList<GateLease> Leases)> Renewed => Copy(_renewed);

    /// <summary>Releases are answered after it.</summary>
    public Task ReleaseHold { get; set; } = Task.CompletedTask;

    public bool FailsToRelease { get; set; }

    /// <summary>Refuses the next request, whichever gate it is for.</summary>
    public ScriptedGate Refuse(TimeSpan retryAfter, GateLimit limit = GateLimit.Rpm)
    {
        _next.Enqueue(() => new GateRefusal(limit, 1, retryAfter));
        return this;
    }

    /// <summary>Lets the next request through.</summary>
    public ScriptedGate Admit()
    {
        _next.Enqueue(() => null);
        return this;
    }

    public ScriptedGate Throw(Exception exception)
    {
        _next.Enqueue(() => throw exception);
        return this;
    }

    /// <summary>Refuses every request for a model from now on.</summary>
    public ScriptedGate Close(string model, GateLimit limit = GateLimit.Rpm, TimeSpan? retryAfter = null)
    {
        _closed[$"model:{model}"] = new GateRefusal(limit, 1, retryAfter);
        return this;
    }

    public ValueTask<GateAdmission> AcquireAsync(GateRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            _requests.Add(request);
            var refusal = (_next.TryDequeue(out var next) ? next() : null) ?? _closed.GetValueOrDefault(request.Gate.ToString());
            return new(refusal is not null
                ? new GateAdmission(null, refusal, default)
                : new GateAdmission(new GateLease(request.Gate, request.Lease, 1, 0, request.Tokens, IsProbe: false, request.Holder), null, default));
        }
    }

    public ValueTask RenewAsync(GateKey gate, IReadOnlyList<GateLease> leases, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _renewed.Add((gate, leases));
            return default;
        }
    }

    public ValueTask ReleaseAsync(GateLease lease, GateRelease release)
    {
        lock (_lock)
        {
            _released.Add((lease, release));
            return FailsToRelease ? throw new TimeoutException("The gate is away.") : new(ReleaseHold);
        }
    }

    public ValueTask<GateGrant> ReportAsync(GateKey gate, GateReport report, IGateClient holder, CancellationToken cancellationToken) =>
        new(new GateGrant { Terms = GateTerms.PerCall, Life = GateGrant.PerCallLifetime, Epoch = 0, Number = 0 });

    public ValueTask<GateRefusal?> RefusalAsync(GateKey gate, long tokens, CancellationToken cancellationToken) =>
        new(_closed.GetValueOrDefault(gate.ToString()));

    public ValueTask<GateStatus> StatusAsync(GateKey gate, CancellationToken cancellationToken) =>
        new(new GateStatus(gate, GateLimits.None, 0, 0, 0, 0, 0, null, null));

    private IReadOnlyList<T> Copy<T>(List<T> list)
    {
        lock (_lock)
        {
            return [.. list];
        }
    }
}
