using Ensemble.Models;
using Ensemble.Runs;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Runs;

public sealed class SubCallCacheTests
{
    [Fact]
    public void Recall_OnlyAnswers_AreRememberedUnderTheirOwnKey()
    {
        var memory = new SubCallCache();
        foreach (var outcome in Enum.GetValues<CallOutcome>())
        {
            memory.Add(
                new SubCallKey(SubCallStep.Candidate, (int)outcome, 0),
                new ModelCallResult { Outcome = outcome, Attempts = 1, StartedAt = DateTimeOffset.UnixEpoch, Total = TimeSpan.Zero });
        }

        Enum.GetValues<CallOutcome>().Where(outcome => memory.Find(new SubCallKey(SubCallStep.Candidate, (int)outcome, 0)) is not null)
            .ShouldBe([CallOutcome.Ok]);
        memory.Find(new SubCallKey(SubCallStep.Synthesis, 0, 0)).ShouldBeNull();
        memory.Find(new SubCallKey(SubCallStep.Candidate, 0, 1)).ShouldBeNull();
    }
}
