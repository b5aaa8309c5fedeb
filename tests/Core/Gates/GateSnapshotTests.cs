using Ensemble.Catalog;
using Ensemble.Upstreams;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Gates;

public sealed class GateSnapshotTests
{
    [Fact]
    public void Snapshot_OfABusyGate_IsSmallAndKeepsTheHolder()
    {
        var gate = new GateBench(new RateLimitConfig { Rpm = 100_000 });
        for (var call = 0; call < 6000; call++)
        {
            gate.Leave(gate.Enter(100), tokens: 90);
            gate.Wait(0.01);
        }

        gate.Enter(5);
        var snapshot = gate.State.Snapshot();
        snapshot.Length.ShouldBeLessThan(1500);

        gate.Move(snapshot);
        gate.Wait(30);
        gate.State.TakeExpired().ShouldHaveSingleItem().Holder.ShouldBe(GateBench.Holder);
    }

    [Fact]
    public void Restore_UnknownVersion_StartsOver()
    {
        var gate = new GateBench(new RateLimitConfig { Rpm = 1 });
        gate.Enter();
        var snapshot = gate.State.Snapshot();
        snapshot[0]++;

        gate.Move(snapshot);

        gate.Enter();
    }

    [Fact]
    public void Restore_AnyBrokenBytes_StartsOverOrContinuesAndNeverThrows()
    {
        var whole = Busy();
        var broken = Gen.Choose(1, whole.Length - 1).Zip(Gen.Choose(0, 255)).Zip(Gen.Choose(1, whole.Length));
        Prop.ForAll(Arb.From(broken), entry =>
        {
            var ((at, value), length) = entry;
            var bytes = whole[..length];
            bytes[Math.Min(at, length - 1)] = (byte)value;
            bytes[0] = whole[0];
            var gate = new GateBench(new RateLimitConfig { Rpm = 10 }, CooldownConfig.Default);

            gate.Move(bytes);

            gate.Ask();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

        static byte[] Busy()
        {
            var gate = new GateBench(new RateLimitConfig { Rpm = 10 }, CooldownConfig.Default);
            gate.Enter(5);
            gate.Call(CallOutcome.ServerError);
            gate.Wait(3);
            gate.Call(CallOutcome.AuthenticationFailed);
            return gate.State.Snapshot();
        }
    }

    [Fact]
    public void Restore_WrittenByTheFirstVersion_IsStillUnderstood()
    {
        // A frozen snapshot: three requests, 250 tokens, one lease out, two failures. It must be readable by every later version.
        var frozen = Convert.FromBase64String(Frozen);
        var gate = new GateBench(new RateLimitConfig { Rpm = 10 }, CooldownConfig.Default);

        gate.Move(frozen);

        var status = gate.State.Status();
        (status.InFlight, status.RequestsThisMinute, status.TokensThisMinute, status.Failures).ShouldBe((1, 3, 250, 2));
    }

    private const string Frozen = "AYDQ6ra3MwGA8tbKBgMBgPLWygb6AQHg4rMBAwIAAAABBwAAAAAAAAAAAAAAAAAAAAGA0Oq2tzMyAAEgMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYBBXBhbmVsAAACAbC67La3Mw==";
}
