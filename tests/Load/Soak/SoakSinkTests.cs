using System.Diagnostics;
using Ensemble.Load.Soak;
using Ensemble.Load.Traffic;

namespace Ensemble.Load.Tests.Soak;

public sealed class SoakSinkTests
{
    private const long To = 1_000_000_000_000;

    private readonly SoakSink _sink = new(To);

    [Fact]
    public void Take_GoodAnswer_AsksAgainAtOnceUntilTheEnd()
    {
        _sink.Take(Of(200, null, end: 500)).ShouldBe(500);
        _sink.Take(Of(200, null, end: To)).ShouldBeNull();

        _sink.Take().Times.ShouldBe([400, To - 100]);
    }

    [Fact]
    public void Take_Refusal_AsksAgainLaterAndCountsItsKind()
    {
        _sink.Take(Of(503, "status 503: no places", end: 500)).ShouldBe(500 + Stopwatch.Frequency / 20);
        _sink.Take(Of(503, "status 503: again", end: 500));
        _sink.Take(Of(200, "a degraded answer", end: 500));
        _sink.Take(Of(0, "no connection", end: 500));

        var count = _sink.Take();
        count.Refusals.ShouldBe(new Dictionary<string, int> { ["503"] = 2, ["broken"] = 1, ["wrong"] = 1 }, ignoreOrder: true);
        count.Refused.ShouldBe(4);
        count.FirstFault.ShouldBe("status 503: no places");
        count.Times.ShouldBeEmpty();
        _sink.Take().Refused.ShouldBe(0);
    }

    private static Answer Of(int status, string? fault, long end) => new(new Sample(1, Start: 100, end, end), status, fault);
}
