using Ensemble.Runs;

namespace Ensemble.Core.Tests.Runs;

public sealed class RunIdTests
{
    [Fact]
    public void New_Ids_DifferAndParse()
    {
        var ids = Enumerable.Range(0, 100).Select(_ => RunId.New()).ToArray();
        ids.ShouldBeUnique();
        ids.All(id => RunId.TryParse(id.Value, out var parsed) && parsed == id).ShouldBeTrue();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0123456789abcdef0123456789abcde")]
    [InlineData("0123456789ABCDEF0123456789abcdef")]
    [InlineData("0123456789abcdef0123456789abcdeg")]
    public void TryParse_NoRunId_IsRefused(string? text) => RunId.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Seed_OfARun_IsTheSameInEveryProcess()
    {
        RunSeed.For(RunBench.Id, "judge").Next().ShouldBe(RunSeed.For(RunBench.Id, "judge").Next());
        RunSeed.For(RunBench.Id, "judge").Next().ShouldNotBe(RunSeed.For(RunBench.Id, "route").Next());
    }
}
