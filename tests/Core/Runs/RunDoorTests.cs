using Ensemble.Runs;

namespace Ensemble.Core.Tests.Runs;

public sealed class RunDoorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Enter_AsManyAsAllowedInside_IsOverloadedUntilOneLeaves()
    {
        var door = new RunDoor(maxRuns: 2);

        (door.Enter(), door.Enter(), door.Enter()).ShouldBe((RunStart.Started, RunStart.Started, RunStart.Overloaded));
        door.InFlight.ShouldBe(2);
        door.Leave();
        door.Enter().ShouldBe(RunStart.Started);
    }

    [Fact]
    public async Task Enter_HeldShut_IsOverloadedUntilItIsNotButDrainingOnceClosed()
    {
        var isHeldShut = true;
        var door = new RunDoor(isHeldShut: () => isHeldShut);

        (door.Enter(), door.InFlight).ShouldBe((RunStart.Overloaded, 0));
        isHeldShut = false;
        door.Enter().ShouldBe(RunStart.Started);
        door.Leave();
        isHeldShut = true;
        await door.DrainAsync(() => { }, Token).WaitAsync(Token);
        door.Enter().ShouldBe(RunStart.Draining);
    }

    [Fact]
    public async Task Drain_SomebodyInside_CompletesWhenTheLastHasLeft()
    {
        var door = new RunDoor();
        door.Enter();
        door.Enter();

        var draining = door.DrainAsync(() => { }, Token);

        (door.Enter(), door.IsClosed).ShouldBe((RunStart.Draining, true));
        door.Leave();
        draining.IsCompleted.ShouldBeFalse();
        door.Leave();
        await draining.WaitAsync(Token);
        await door.DrainAsync(() => { }, Token).WaitAsync(Token);
    }

    [Fact]
    public async Task Drain_TimeIsOver_HurriesThoseInside()
    {
        using var patience = new CancellationTokenSource();
        var door = new RunDoor();
        door.Enter();
        var draining = door.DrainAsync(door.Leave, patience.Token);
        draining.IsCompleted.ShouldBeFalse();

        await patience.CancelAsync();

        await draining.WaitAsync(Token);
        door.InFlight.ShouldBe(0);
    }
}
