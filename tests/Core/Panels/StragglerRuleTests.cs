using Ensemble.Catalog;
using Ensemble.Panels;

namespace Ensemble.Core.Tests.Panels;

public sealed class StragglerRuleTests
{
    [Theory]
    [InlineData(0, 2000)]
    [InlineData(3999, 2000)]
    [InlineData(4000, 2000)]
    [InlineData(4002, 2001)]
    [InlineData(60_000, 30_000)]
    public void Grace_NotConfigured_IsHalfTheTimeToQuorumAndAtLeastTwoSeconds(int quorumMs, int graceMs) =>
        StragglerRule.Grace(null, TimeSpan.FromMilliseconds(quorumMs)).ShouldBe(TimeSpan.FromMilliseconds(graceMs));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(90_000)]
    public void Grace_Configured_IsThat(int configuredMs)
    {
        var wait = TimeSpan.FromMilliseconds(configuredMs);
        StragglerRule.Grace(new StragglerGrace(wait), TimeSpan.FromSeconds(10)).ShouldBe(wait);
    }

    [Fact]
    public void Grace_All_HasNoEnd() => StragglerRule.Grace(StragglerGrace.All, TimeSpan.FromSeconds(10)).ShouldBeNull();
}
