using Ensemble.Catalog;
using Ensemble.Deployment.Tests.Support;

namespace Ensemble.Deployment.Tests;

/// <summary>A stop lasts long enough for the longest answer, and each limit leaves room for the one within.</summary>
public sealed class StopTests
{
    private static readonly EnsembleConfig Defaults = new() { DisplayName = "a", Panel = [], Judge = new JudgeConfig { Model = "m" }, MinResponses = 1 };

    private static int LongestAnswer => (int)Defaults.MaxAnswer.TotalSeconds;

    [Theory]
    [MemberData(nameof(Overlay.Names), MemberType = typeof(Overlay))]
    public async Task Grace_OfEachNode_IsLongerThanTheStopWithinIt(string name)
    {
        var overlay = await Overlay.RenderAsync(name);
        var options = overlay.Of("ConfigMap").Single(map => map.Root["data.Limits__DrainSeconds"].Exists).Root["data"];
        var drain = options["Limits__DrainSeconds"].Number;

        var host = (int)ProductOptions.HostLimit("--Limits:DrainSeconds", options["Limits__DrainSeconds"].Text!).TotalSeconds;

        LongestAnswer.ShouldBe(300);
        (drain, host).ShouldBe((430, 450));
        drain.ShouldBe((int)ProductOptions.Drain.TotalSeconds);
        foreach (var node in overlay.Of("Deployment"))
        {
            // The kubelet's grace begins with the sleep, not after it.
            var sleep = node.Container["lifecycle.preStop.sleep.seconds"];
            var grace = node.Pod["terminationGracePeriodSeconds"].Number;
            grace.ShouldBe(480);
            int[] rising = [LongestAnswer, drain, host, grace - (sleep.Exists ? sleep.Number : 0)];
            rising.Zip(rising.Skip(1)).ShouldAllBe(pair => pair.First < pair.Second, node.ToString());
        }
    }

    [Theory]
    [InlineData("0", 20)]
    [InlineData("430", 450)]
    [InlineData("3600", 3620)]
    public void HostLimit_OfADrain_Is20SecondsLonger(string drain, int limit) =>
        ProductOptions.HostLimit("--Limits:DrainSeconds", drain).ShouldBe(TimeSpan.FromSeconds(limit));

    [Theory]
    [MemberData(nameof(Overlay.Names), MemberType = typeof(Overlay))]
    public async Task Frontend_ThatIsToldToStop_FirstLetsLoadBalancersKnow(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        var frontend = overlay.The("Deployment", "ensemble-frontend").Container;
        frontend["lifecycle.preStop"].Fields.Keys.ShouldBe(["sleep"]);
        frontend["lifecycle.preStop.sleep.seconds"].Number.ShouldBeGreaterThanOrEqualTo(frontend["readinessProbe.periodSeconds"].Number);
    }

    [Fact]
    public void Drain_OfTheCode_OutlastsTheLongestRunOfTheDefaults() => ProductOptions.Drain.ShouldBeGreaterThan(Defaults.Deadline + Defaults.MaxAnswer);
}
