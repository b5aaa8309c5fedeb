using Ensemble.Execution;
using Ensemble.Runs;

namespace Ensemble.Core.Tests.Runs;

public sealed class RunAdmissionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Enter_AsManyAsAllowedInside_IsOverloadedUntilOneLeaves()
    {
        var admission = new RunAdmission(maxRuns: 2);

        (admission.Enter(), admission.Enter(), admission.Enter()).ShouldBe((RunStart.Started, RunStart.Started, RunStart.Overloaded));
        admission.InFlight.ShouldBe(2);
        admission.Leave();
        admission.Enter().ShouldBe(RunStart.Started);
    }

    [Fact]
    public async Task Enter_HeldShut_IsOverloadedUntilItIsNotButDrainingOnceClosed()
    {
        var isPaused = true;
        var admission = new RunAdmission(isPaused: () => isPaused);

        (admission.Enter(), admission.InFlight).ShouldBe((RunStart.Overloaded, 0));
        isPaused = false;
        admission.Enter().ShouldBe(RunStart.Started);
        admission.Leave();
        isPaused = true;
        await admission.DrainAsync(() => { }, Token).WaitAsync(Token);
        admission.Enter().ShouldBe(RunStart.Draining);
    }

    [Fact]
    public async Task Drain_SomebodyInside_CompletesWhenTheLastHasLeft()
    {
        var admission = new RunAdmission();
        admission.Enter();
        admission.Enter();

        var draining = admission.DrainAsync(() => { }, Token);

        (admission.Enter(), admission.IsClosed).ShouldBe((RunStart.Draining, true));
        admission.Leave();
        draining.IsCompleted.ShouldBeFalse();
        admission.Leave();
        await draining.WaitAsync(Token);
        await admission.DrainAsync(() => { }, Token).WaitAsync(Token);
    }

    [Fact]
    public async Task Drain_TimeIsOver_HurriesThoseInside()
    {
        using var patience = new CancellationTokenSource();
        var admission = new RunAdmission();
        admission.Enter();
        var draining = admission.DrainAsync(admission.Leave, patience.Token);
        draining.IsCompleted.ShouldBeFalse();

        await patience.CancelAsync();

        await draining.WaitAsync(Token);
        admission.InFlight.ShouldBe(0);
    }
}
