using Ensemble.Load.Processes;

namespace Ensemble.Load.Tests;

public sealed class RunOptionsTests
{
    [Fact]
    public void Parse_Aims_MeasuresPanelsOfThreeForTenMinutes()
    {
        var options = RunOptions.Parse("aims", []);

        options.Panels.ShouldBe([3]);
        options.Minutes.ShouldBe(10);
        options.Parts.ShouldBe(["latency", "throughput", "direct", "calls", "load", "tiers", "ledger", "soak"]);
        options.Sides.ShouldBe([ProductSide.AllMemory, ProductSide.AllSqlite]);
        options.IsBrief.ShouldBeFalse();
    }

    [Fact]
    public void Parse_DurationsAfterQuick_AreKept()
    {
        var options = RunOptions.Parse("soak", ["--slot", "0.7", "--quick", "--minutes", "2", "--warm-up", "3", "--", "--quick"]);

        options.Slot.ShouldBe(0.7);
        options.Minutes.ShouldBe(2);
        options.WarmUp.ShouldBe(3);
        options.Parts.ShouldBe(["soak"]);
        options.ProductArguments.ShouldBe(["--quick"]);
        options.IsBrief.ShouldBeTrue();
    }

    [Theory]
    [InlineData("--sides", "all")]
    [InlineData("--only", "latency,speed")]
    [InlineData("--minutes", "0")]
    [InlineData("--panel", "4")]
    [InlineData("--slot", "1,5")]
    public void Parse_ValueThatIsNone_NamesOptionAndValue(string option, string value)
    {
        var problem = Should.Throw<LoadException>(() => RunOptions.Parse("run", [option, value]));

        problem.Message.ShouldContain(option);
        problem.Message.ShouldContain(value.Split(',')[^1]);
    }

    [Fact]
    public void Parse_AgainstWithSeveralSides_IsRefused() =>
        Should.Throw<LoadException>(() => RunOptions.Parse("run", ["--against", "before.dll"])).Message.ShouldContain("--sides");
}
