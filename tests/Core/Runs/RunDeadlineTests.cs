using Ensemble.Runs;
using Ensemble.Testing;

namespace Ensemble.Core.Tests.Runs;

public sealed class RunDeadlineTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Token_NothingShown_IsCancelledAtTheDeadline()
    {
        using var deadline = new RunDeadline(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60), _time, CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(9.999));
        deadline.IsOver.ShouldBeFalse();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        (deadline.IsOver, deadline.HasPassed).ShouldBe((true, true));
    }

    [Fact]
    public void Token_Shown_HasTheTimeOfAnAnswerFromThenOn()
    {
        using var deadline = new RunDeadline(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60), _time, CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(9));
        deadline.OnFirstOutput();
        _time.Advance(TimeSpan.FromSeconds(59.999));
        deadline.IsOver.ShouldBeFalse();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        deadline.HasPassed.ShouldBeTrue();
    }

    [Fact]
    public async Task Token_CallerGone_IsOverButHasNotPassed()
    {
        using var caller = new CancellationTokenSource();
        using var deadline = new RunDeadline(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60), _time, caller.Token);
        await caller.CancelAsync();
        (deadline.IsOver, deadline.HasPassed).ShouldBe((true, false));
    }
}
