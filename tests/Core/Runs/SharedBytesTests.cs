using Ensemble.Runs;

namespace Ensemble.Core.Tests.Runs;

public sealed class SharedBytesTests
{
    [Fact]
    public void Return_OneOfTwoHolders_KeepsThem()
    {
        var budget = new ByteBudget();
        budget.Take(100);
        var shared = new SharedBytes(budget, 100);

        shared.TryShare().ShouldBeTrue();
        shared.Return();
        budget.Used.ShouldBe(100);
        shared.Return();

        budget.Used.ShouldBe(0);
    }

    [Fact]
    public void TryShare_AllHoldersHaveReturnedThem_IsFalse()
    {
        var budget = new ByteBudget();
        budget.Take(100);
        var shared = new SharedBytes(budget, 100);
        shared.Return();

        shared.TryShare().ShouldBeFalse();

        budget.Used.ShouldBe(0);
    }
}
