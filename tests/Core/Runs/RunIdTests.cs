using Ensemble.Runs;
using Ensemble.Testing;

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

    [Fact]
    public void New_Ids_AreUuidsOfVersion7InTheOrderOfTheirTimes()
    {
        var time = new ManualTimeProvider();
        var ids = Enumerable.Range(0, 100).Select(_ =>
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
            return RunId.New(time);
        }).ToArray();

        ids.Select(id => id.Value).ShouldBe(ids.Select(id => id.Value).Order(StringComparer.Ordinal));
        ids.Select(id => Guid.Parse(id.Value)).ShouldAllBe(id => id.Version == 7 && (id.Variant & 0xC) == 0x8);
        Convert.ToInt64(ids[^1].Value[..12], 16).ShouldBe(time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    [Fact]
    public void Of_BytesOfAName_IsTheName()
    {
        var id = RunId.New();
        var bytes = new byte[RunId.Bytes];

        id.CopyTo(bytes);

        RunId.Of(bytes).ShouldBe(id);
        Convert.ToHexStringLower(bytes).ShouldBe(id.Value);
    }

    [Fact]
    public void Seed_OfIdsOfTheSameMillisecond_IsAsGoodAsAnyOther()
    {
        const int Runs = 30_000;
        var time = new ManualTimeProvider();

        var places = Enumerable.Range(0, Runs).CountBy(_ => RunSeed.For(RunId.New(time), "judge").Next(3));

        // Six standard deviations.
        places.ShouldAllBe(place => Math.Abs(place.Value - (Runs / 3)) < 500);
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
