using Ensemble.Load.Cluster;
using Ensemble.Load.Measuring;
using Ensemble.Load.Reports;
using Ensemble.Load.Soak;
using Ensemble.Load.Traffic;

namespace Ensemble.Load.Tests.Reports;

public sealed class AimsTests
{
    [Theory]
    [InlineData(650, "65 %", true)]
    [InlineData(590, "59 %", false)]
    public void Judge_SqliteAt64Callers_WantsSixtyPercent(double rate, string shown, bool isMet)
    {
        var aims = Aims.Judge(new Measurements { Throughput = [Cell("all-sqlite", 3, 64, 1000, rate)] });

        var aim = aims.Single(aim => aim.Text.Contains("60 % of the baseline", StringComparison.Ordinal));
        (aim.Measured, aim.Met).ShouldBe((shown, isMet));
    }

    [Fact]
    public void Judge_MemoryAndABuildBefore_ComparesTheirRatios()
    {
        var aims = Aims.Judge(new Measurements
        {
            Throughput = [Cell("before", 3, 64, 1000, 700), Cell("all-memory", 3, 64, 500, 322)],
        });

        var aim = aims.Single(aim => aim.Text.Contains("of what the build of --before does", StringComparison.Ordinal));
        (aim.Measured, aim.Met).ShouldBe(("92 %", true));
        aims.ShouldNotContain(other => other.Text.StartsWith("before", StringComparison.Ordinal));
    }

    [Fact]
    public void Judge_Direct_HoldsNodesAgainstYarpAndPortkey()
    {
        var aims = Aims.Judge(new Measurements { Direct = [Cell("Portkey", 0, 16, 10_000, 700), Cell("all-sqlite", 0, 16, 10_000, 6500)] });

        aims.Select(aim => (aim.Measured, aim.Met)).ShouldBe([("65 %", true), ("9.3 times", false)]);
    }

    [Fact]
    public void Judge_DirectWithoutPortkey_LeavesItsAimOpen()
    {
        var aims = Aims.Judge(new Measurements { Direct = [Cell("all-sqlite", 0, 16, 10_000, 6500)] });

        aims[1].Met.ShouldBeNull();
    }

    [Fact]
    public void Judge_Calls_TellsGatesFromRuns()
    {
        var calls = new Dictionary<string, double>
        {
            ["IEnsembleRunGrain/AskAsync"] = 1.2,
            ["IModelCallGrain/LeaseAsync"] = 0.4,
            ["ICallerGateGrain/AcquireAsync"] = 0.2,
            ["Orleans:IGateOfOrleans/Ping"] = 9,
        };
        var count = new TrafficCount(calls, 0, 0, 0);
        var figures = new TrafficFigures("all-sqlite", Streamed: false, 100, count, count, RestProcessor: 0);

        var aims = Aims.Judge(new Measurements { Calls = [figures] });

        aims.Select(aim => (aim.Measured, aim.Met)).ShouldBe([("1.20", true), ("0.60", false)]);
    }

    [Theory]
    [InlineData(0, 300, true, true)]
    [InlineData(1, 300, false, true)]
    [InlineData(0, 420, true, false)]
    public void Judge_Soak_WantsNoRefusalAndLittleMemory(int refused, long megabytes, bool isWhole, bool isSmall)
    {
        var window = new SoakWindow(TimeSpan.Zero, Seconds: 30, Runs: 21_000)
        {
            Resident = megabytes * 1_000_000,
            Refusals = refused == 0 ? new Dictionary<string, int>() : new Dictionary<string, int> { ["503"] = refused },
        };
        SoakWindow[] windows = [window, window, window];
        var soak = new SoakResult("all-sqlite", TimeSpan.FromMinutes(10), [1000, 1000], windows, FirstFault: null, Failure: null);

        var aims = Aims.Judge(new Measurements { Soaks = [soak] }).Where(aim => aim.Text.Contains("10 minutes", StringComparison.Ordinal));

        aims.Select(aim => aim.Met).ShouldBe([true, isWhole, isSmall]);
    }

    [Theory]
    [InlineData("SQLite", 50_000, 0, "50,000, none lost", true)]
    [InlineData("PostgreSQL", 50_000, 0, "50,000, none lost", false)]
    [InlineData("SQLite", 60_000, 2, "60,000, 2 lost", false)]
    public void OfLedger_PaceAndLoss_WantsItsPaceAndNothingLost(string database, double perSecond, long lost, string shown, bool isMet)
    {
        var aim = Aims.OfLedger(database, perSecond, lost);

        (aim.Measured, aim.Met).ShouldBe((shown, isMet));
    }

    [Theory]
    [InlineData(2.9, 1.5, 0.03, true)]
    [InlineData(3.1, 1.6, 0.031, false)]
    public void OfStreams_PushedBesidePulled_WantsTokenTimesAndRest(double p50, double times, double rest, bool isMet)
    {
        var cell = new TokenCell(32, [Tokens(Fleet.TwoSilos, p50, 10 * times), Tokens(Fleet.TwoSilosPull, 1, 10)], Failure: null);

        var aims = Aims.OfStreams([cell], [0.01, rest]);

        aims.Select(aim => aim.Met).ShouldBe([isMet, isMet, isMet]);

        static TokenFigures Tokens(string side, double p50, double p99) =>
            new(side, 1, new Spread(p50, p99), default, default, new Dictionary<string, double>());
    }

    [Fact]
    public void OfStreams_CellFailed_IsNotMet() =>
        Aims.OfStreams([new TokenCell(1, [], "1 streams: a degraded answer")], [0]).Select(aim => aim.Met).ShouldBe([false, true]);

    private static SideResult Cell(string side, int panel, int callers, double baseline, double product)
    {
        var round = new AbbaRound(Slot(baseline), Slot(product), Slot(product), Slot(baseline));
        var shape = new LoadShape(panel, 0, callers, Streamed: false, TimeSpan.FromSeconds(1));
        return new SideResult(side, new CellResult(shape, [round], Failure: null));
    }

    private static SlotFigures Slot(double rate) => new((int)rate, rate, new Spread(1, 2), Processor: 0.1);
}
