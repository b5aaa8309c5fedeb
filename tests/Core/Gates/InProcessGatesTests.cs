using Ensemble.Catalog;
using Ensemble.Gates;
using Ensemble.Upstreams;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Gates;

public sealed class InProcessGatesTests
{
    private static readonly GateRelease Done = new(CallOutcome.Ok, null, null);

    [Fact]
    public void Acquire_AnyInterleaving_AdmitsNeverMoreThanTheLimit()
    {
        var steps = Gen.Choose(1, 4).Zip(Gen.Choose(0, 5).ListOf());
        Prop.ForAll(Arb.From(steps), script =>
        {
            var (limit, actions) = script;
            var gates = new InProcessGates();
            var held = new List<GateLease>();
            foreach (var action in actions)
            {
                if (action < 3)
                {
                    var admission = Acquire(gates, "model:a", limit);
                    (admission.Lease is not null).ShouldBe(held.Count < limit);
                    (admission.Refusal is null).ShouldBe(admission.Lease is not null);
                    held.AddRange(admission.Lease is { } lease ? [lease] : []);
                }
                else if (held.Count > 0)
                {
                    var lease = held[^1];
                    held.RemoveAt(held.Count - 1);
                    Release(gates, lease);

                    // A second release of the same lease frees nothing.
                    Release(gates, lease);
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public async Task Acquire_FromManyThreads_AdmitsExactlyTheLimit()
    {
        var gates = new InProcessGates();
        var admissions = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => Acquire(gates, "model:a", 10), TestContext.Current.CancellationToken)));

        admissions.Count(admission => admission.Lease is not null).ShouldBe(10);
        admissions.Where(admission => admission.Lease is not null).Select(admission => admission.Lease!.Value.Id).ShouldBeUnique();
    }

    [Fact]
    public void Acquire_OtherGateOrNoLimit_IsAdmitted()
    {
        var gates = new InProcessGates();
        Acquire(gates, "model:a", 1).Lease.ShouldNotBeNull();
        Acquire(gates, "model:b", 1).Lease.ShouldNotBeNull();
        Acquire(gates, "model:a", null).Lease.ShouldNotBeNull();
        var refusal = Acquire(gates, "model:a", 2).Refusal!;
        refusal.RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
        refusal.Reason.ShouldContain("2 calls are in flight");
    }

    private static GateAdmission Acquire(InProcessGates gates, string gate, int? concurrency)
    {
        var task = gates.AcquireAsync(new GateRequest(gate, new RateLimitConfig { Concurrency = concurrency }), CancellationToken.None).AsTask();
        task.IsCompletedSuccessfully.ShouldBeTrue();
#pragma warning disable VSTHRD002, VSTHRD104 // It has completed.
        return task.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002, VSTHRD104
    }

    private static void Release(InProcessGates gates, GateLease lease) => gates.ReleaseAsync(lease, Done).AsTask().IsCompletedSuccessfully.ShouldBeTrue();
}
