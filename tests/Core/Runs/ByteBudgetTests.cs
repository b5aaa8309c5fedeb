using Ensemble.Runs;

namespace Ensemble.Core.Tests.Runs;

public sealed class ByteBudgetTests
{
    [Fact]
    public void TryTake_MoreThanIsLeft_TakesNothing()
    {
        var budget = new ByteBudget(100);

        budget.TryTake(60).ShouldBeTrue();
        budget.TryTake(41).ShouldBeFalse();
        budget.TryTake(40).ShouldBeTrue();

        budget.Used.ShouldBe(100);
    }

    [Fact]
    public void Take_MoreThanIsLeft_IsCountedAndKeepsOthersOut()
    {
        var budget = new ByteBudget(100);
        budget.Take(150);

        budget.TryTake(1).ShouldBeFalse();
        budget.Return(60);

        budget.TryTake(10).ShouldBeTrue();
        budget.Used.ShouldBe(100);
    }

    [Fact]
    public void TryTake_SomethingCanBeSpared_TakesItsPlace()
    {
        var budget = new ByteBudget(100);
        budget.Take(90);
        var missing = 0L;
        budget.OnShortage(bytes =>
        {
            missing = bytes;
            budget.Return(50);
        });

        budget.TryTake(30).ShouldBeTrue();

        (missing, budget.Used).ShouldBe((20, 70));
    }

    [Fact]
    public void TryTake_MoreThanEverFits_SparesNothing()
    {
        var budget = new ByteBudget(100);
        budget.OnShortage(_ => throw new InvalidOperationException("Nothing is gained by that."));

        budget.TryTake(101).ShouldBeFalse();
    }

    [Fact]
    public async Task TryTake_ManyThreads_GivesBackWhatItTook()
    {
        var budget = new ByteBudget(1000);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var index = 0; index < 20_000; index++)
            {
                if (budget.TryTake(300))
                {
                    budget.Return(300);
                }
            }
        })));

        budget.Used.ShouldBe(0);
    }

    [Fact]
    public void DefaultLimit_ThisMachine_IsAQuarterOfWhatTheProcessMayTake() =>
        ByteBudget.DefaultLimit.ShouldBe(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);
}
