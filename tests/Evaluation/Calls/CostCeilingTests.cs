using Ensemble.Evaluation.Calls;

namespace Ensemble.Evaluation.Tests.Calls;

public sealed class CostCeilingTests
{
    private const int InFlight = 8;

    /// <summary>Whatever calls cost and however they end, neither what is paid nor what may still be billed passes the ceiling.</summary>
    [Fact]
    public async Task ReserveAsync_EightCallsInFlight_NeverPassTheCeiling()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var max = (decimal)random.Next(0, 200);
            var paid = Math.Min(max, random.Next(0, 50));
            var ceiling = new CostCeiling(max, paid);
            var open = new Queue<decimal>();
            void End()
            {
                var bound = open.Dequeue();
                var cost = bound * random.Next(0, 101) / 100;
                paid += cost;
                ceiling.Settle(bound, cost);
            }

            for (var call = 0; call < 60; call++)
            {
                if (open.Count == InFlight)
                {
                    End();
                }

                // It waits for calls in flight as long as their ends may leave room: once all have ended, it is decided.
                decimal bound = random.Next(0, 40);
                var reserve = ceiling.ReserveAsync(bound, TestContext.Current.CancellationToken);
                while (open.Count > 0 && !reserve.IsCompleted)
                {
                    End();
                }

                if (await reserve)
                {
                    open.Enqueue(bound);
                }

                // At worst all that is open is billed in full.
                (paid + open.Sum()).ShouldBeLessThanOrEqualTo(max, $"seed {seed}, call {call}");
            }
        }
    }

    [Fact]
    public async Task ReserveAsync_RoomAfterACallInFlight_WaitsForIt()
    {
        var ceiling = new CostCeiling(10, 0);
        (await ceiling.ReserveAsync(8, CancellationToken.None)).ShouldBeTrue();
        var next = ceiling.ReserveAsync(5, CancellationToken.None);
        next.IsCompleted.ShouldBeFalse();

        ceiling.Settle(8, 2);

        (await next).ShouldBeTrue();
        ceiling.Spent.ShouldBe(2);
    }

    [Fact]
    public async Task ReserveAsync_NothingInFlightCouldMakeRoom_IsRefused()
    {
        var ceiling = new CostCeiling(10, 9);

        (await ceiling.ReserveAsync(2, CancellationToken.None)).ShouldBeFalse();
    }
}
