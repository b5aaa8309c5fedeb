using Ensemble.Gates;

namespace Ensemble.Core.Tests.Models;

/// <summary>A gate that admits everybody unless told otherwise, and remembers what it was told.</summary>
internal sealed class ScriptedGate : IGate
{
    private readonly Queue<Func<GateAdmission?>> _next = [];
    private long _lastLease;

    public List<string> Acquired { get; } = [];

    public List<(GateLease Lease, GateRelease Release)> Released { get; } = [];

    public bool FailsToRelease { get; set; }

    public ScriptedGate Refuse(TimeSpan retryAfter)
    {
        _next.Enqueue(() => GateAdmission.Refused(new GateRefusal("full", retryAfter)));
        return this;
    }

    public ScriptedGate Throw(Exception exception)
    {
        _next.Enqueue(() => throw exception);
        return this;
    }

    public ValueTask<GateAdmission> AcquireAsync(GateRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Acquired.Add(request.Gate);
        return new((_next.TryDequeue(out var next) ? next() : null) ?? GateAdmission.Admitted(new GateLease(request.Gate, ++_lastLease)));
    }

    public ValueTask RenewAsync(IReadOnlyList<GateLease> leases, CancellationToken cancellationToken) => default;

    public ValueTask ReleaseAsync(GateLease lease, GateRelease release)
    {
        Released.Add((lease, release));
        return FailsToRelease ? throw new TimeoutException("The gate is away.") : default;
    }
}
