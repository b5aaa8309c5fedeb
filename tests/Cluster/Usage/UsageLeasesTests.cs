using Ensemble.Grains.Usage;
using Ensemble.Testing;

namespace Ensemble.Cluster.Tests.Usage;

public sealed class UsageLeasesTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly UsageLeases _leases;

    public UsageLeasesTests() => _leases = new UsageLeases(_time);

    [Fact]
    public void Renew_TwiceThenSilent_IsListedForThirtySecondsFromTheLast()
    {
        _leases.Renew("a").ShouldBeTrue();
        _time.Advance(TimeSpan.FromSeconds(20));
        _leases.Renew("a").ShouldBeFalse();

        _time.Advance(TimeSpan.FromSeconds(29));
        _leases.List().Addresses.ShouldBe(["a"]);
        _time.Advance(TimeSpan.FromSeconds(1));
        _leases.List().Addresses.ShouldBeEmpty();
        _leases.Renew("a").ShouldBeTrue();
    }

    [Fact]
    public void Leave_OneOfTwo_TheOtherStays()
    {
        _leases.Renew("a");
        _leases.Renew("b");

        _leases.Leave("a");

        _leases.List().Addresses.ShouldBe(["b"]);
    }

    [Fact]
    public void Renew_AsManyAsMayBe_RefusesAnotherAndGoesOnWithTheRest()
    {
        for (var number = 0; number < UsageLeases.Most; number++)
        {
            _leases.Renew($"{number}");
        }

        Should.Throw<InvalidOperationException>(() => _leases.Renew("another"));
        _leases.Renew("0").ShouldBeFalse();
        _time.Advance(UsageStreams.Lease);
        _leases.Renew("another").ShouldBeTrue();
    }

    [Fact]
    public void List_Epoch_IsTheSameAndAnotherCollectionsIsNot()
    {
        _leases.List().Epoch.ShouldBe(_leases.List().Epoch);
        _leases.List().Epoch.ShouldNotBe(new UsageLeases(_time).List().Epoch);
    }
}
