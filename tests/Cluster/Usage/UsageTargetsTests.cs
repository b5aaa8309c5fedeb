using Ensemble.Grains.Usage;
using Ensemble.Testing;

namespace Ensemble.Cluster.Tests.Usage;

public sealed class UsageTargetsTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly UsageTargets _targets;

    public UsageTargetsTests() => _targets = new UsageTargets("silo", _time);

    [Fact]
    public void Renew_InTime_StaysUnderTheSameName()
    {
        var source = _targets.Renew("a");
        _time.Advance(UsageStreams.Lease - TimeSpan.FromSeconds(1));

        _targets.Renew("a").ShouldBe(source);
        _targets.RemoveExpired();

        _targets.All.ShouldHaveSingleItem().Stream.ShouldBe("a");
    }

    [Fact]
    public void Renew_TooLate_IsForgottenAndCountedUnderAnotherName()
    {
        var source = _targets.Renew("a");
        _time.Advance(UsageStreams.Lease);
        _targets.RemoveExpired();
        _targets.All.ShouldBeEmpty();

        _targets.Renew("a").ShouldNotBe(source);
    }

    [Fact]
    public void Leave_OneOfTwo_TheOtherStays()
    {
        _targets.Renew("a");
        _targets.Renew("b");

        _targets.Leave("a");

        _targets.All.ShouldHaveSingleItem().Stream.ShouldBe("b");
    }

    [Fact]
    public void Renew_AsManyAsMayBe_RefusesAnotherAndGoesOnWithTheRest()
    {
        for (var number = 0; number < UsageTargets.Max; number++)
        {
            _targets.Renew($"{number}");
        }

        Should.Throw<InvalidOperationException>(() => _targets.Renew("another"));
        _targets.Renew("0").ShouldBe("silo.1");
        _time.Advance(UsageStreams.Lease);
        _targets.Renew("another").ShouldNotBeNull();
    }
}
