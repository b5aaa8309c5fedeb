using Ensemble.Load.Soak;

namespace Ensemble.Load.Tests.Soak;

public sealed class SoakResultTests
{
    [Fact]
    public void Growth_FirstThirdGrows_ComparesTheOthers()
    {
        var result = Of(100, 200, 300, 300, 330, 330);

        result.Growth.ShouldBe(0.1, 0.001);
        result.MostResident.ShouldBe(330);
    }

    [Fact]
    public void Ratio_BaselineBeforeAndAfter_IsOfTheirMean()
    {
        var result = Of(1, 1);

        result.RunsPerSecond.ShouldBe(50);
        result.Ratio.ShouldBe(0.5);
        result.Refused.ShouldBe(4);
    }

    private static SoakResult Of(params long[] resident) => new(
        "all-sqlite",
        TimeSpan.FromMinutes(1),
        Baseline: [90, 110],
        [.. resident.Select(bytes => new SoakWindow(TimeSpan.Zero, Seconds: 10, Runs: 500)
        {
            Refusals = new Dictionary<string, int> { ["503"] = 2 },
            Resident = bytes,
        })],
        FirstFault: null,
        Failure: null);
}
