using Ensemble.Grains.Usage;
using Ensemble.Testing;

namespace Ensemble.Cluster.Tests.Usage;

public sealed class UsageTargetsTests
{
    private static readonly Guid First = new(1, 0, 0, new byte[8]);
    private static readonly Guid Second = new(2, 0, 0, new byte[8]);

    private readonly ManualTimeProvider _time = new();
    private readonly UsageTargets _targets;

    public UsageTargetsTests() => _targets = new UsageTargets("silo", _time);

    [Fact]
    public void Update_SameCollection_FollowsTheListAtOnce()
    {
        Update(First, "a", "b");
        var b = _targets.All[1];
        Update(First, "b");

        _targets.All.ShouldHaveSingleItem().ShouldBe(b);
        Update(First);
        _targets.All.ShouldBeEmpty();
    }

    [Fact]
    public void Update_CollectionBeginsAnew_KeepsWhoIsNotListedYetUntilTheirTimeIsOver()
    {
        Update(First, "a", "b");
        _time.Advance(TimeSpan.FromSeconds(10));
        Update(Second);
        Update(Second, "b");
        _targets.All.Select(target => target.Address).ShouldBe(["a", "b"]);

        _time.Advance(TimeSpan.FromSeconds(20));
        Update(Second, "b");
        _targets.All.Select(target => target.Address).ShouldBe(["b"]);
        Update(Second);
        _targets.All.ShouldBeEmpty();
    }

    [Fact]
    public void Update_NobodyAnswers_KeepsEveryoneUntilTheirTimeIsOver()
    {
        Update(First, "a");
        _time.Advance(TimeSpan.FromSeconds(29));
        _targets.Update(null);
        _targets.All.Length.ShouldBe(1);

        _time.Advance(TimeSpan.FromSeconds(1));
        _targets.Update(null);

        _targets.All.ShouldBeEmpty();
    }

    [Fact]
    public void Update_GoneAndBack_IsCountedUnderAnotherName()
    {
        Update(First, "a");
        var source = _targets.All[0].Source;
        Update(First);
        Update(First, "a");

        _targets.All[0].Source.ShouldNotBe(source);
    }

    private void Update(Guid epoch, params string[] addresses) => _targets.Update(new UsageWatchList { Epoch = epoch, Addresses = addresses });
}
