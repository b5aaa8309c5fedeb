using System.Runtime.ExceptionServices;
using Ensemble.Upstreams;

namespace Ensemble.Gates;

/// <summary>A request's way through several gates: through all of them, or through none.</summary>
public sealed class CompositeLease
{
    public static readonly CompositeLease Free = new([], default);

    private readonly IReadOnlyList<(IGate Gate, GateLease Lease)> _leases;
    private int _released;

    private CompositeLease(IReadOnlyList<(IGate Gate, GateLease Lease)> leases, GateQuotas quotas) => (_leases, Quotas) = (leases, quotas);

    /// <summary>Of each kind of limit the one of which least is left.</summary>
    public GateQuotas Quotas { get; }

    /// <summary>Set where a gate refused; nothing is held then, and <see cref="RefusedBy"/> says which one.</summary>
    public GateRefusal? Refusal { get; private init; }

    public GateKey RefusedBy { get; private init; }

    /// <summary>Asks all gates side by side; where one refuses, or is out of reach, what the others gave is given back unused.</summary>
    public static async ValueTask<CompositeLease> AcquireAsync(
        IGate gates, IReadOnlyList<GateKey> keys, long tokens, CancellationToken cancellationToken)
    {
        if (keys.Count == 0)
        {
            return Free;
        }

        var asked = keys.Select(key => AskAsync(gates, key, tokens, cancellationToken)).ToArray();
        var leases = new List<(IGate, GateLease)>(asked.Length);
        var quotas = default(GateQuotas);
        (GateKey By, GateRefusal Refusal)? refused = null;
        Exception? away = null;
        for (var index = 0; index < asked.Length; index++)
        {
            try
            {
                var admission = await asked[index];
                quotas = GateQuotas.Strictest(quotas, admission.Quotas);
                if (admission.Lease is { } lease)
                {
                    leases.Add((gates, lease));
                }
                else if (refused is null || Longer(admission.Refusal!, refused.Value.Refusal))
                {
                    refused = (keys[index], admission.Refusal!);
                }
            }
            catch (Exception exception)
            {
                away ??= exception;
            }
        }

        var all = new CompositeLease(leases, quotas);
        if (away is null && refused is null)
        {
            return all;
        }

        await all.ReturnAsync();
        if (away is not null)
        {
            ExceptionDispatchInfo.Throw(away);
        }

        return new CompositeLease([], quotas) { Refusal = refused!.Value.Refusal, RefusedBy = refused.Value.By };
    }

    /// <summary>Ends it with the tokens that were used; null = not known. Only the first end counts.</summary>
    public ValueTask SettleAsync(long? tokens) => ReleaseAsync(new GateRelease(CallOutcome.Ok, tokens, RetryAfter: null));

    /// <summary>Ends it as if it had never been asked for.</summary>
    public ValueTask ReturnAsync() => ReleaseAsync(GateRelease.Unused);

    // Asynchronous, so that a gate that fails at once fails no differently from one that fails later.
    private static async Task<GateAdmission> AskAsync(IGate gates, GateKey key, long tokens, CancellationToken cancellationToken) =>
        await gates.AcquireAsync(new GateRequest(key, LeaseIds.Next(), tokens, Holder: null), cancellationToken);

    private static bool Longer(GateRefusal one, GateRefusal other) => other.RetryAfter is not null && !(one.RetryAfter <= other.RetryAfter);

    private async ValueTask ReleaseAsync(GateRelease release)
    {
        if (Interlocked.Exchange(ref _released, 1) == 1)
        {
            return;
        }

        foreach (var (gate, lease) in _leases)
        {
            try
            {
                await gate.ReleaseAsync(lease, release);
            }
            catch (Exception)
            {
                // Out of reach; the lease expires there by itself, and the answer is not lost with it.
            }
        }
    }
}
