using Ensemble.Models;
using Ensemble.Panels;
using Ensemble.Runs;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Panels;

public sealed class OutcomeDescriptionsTests
{
    public static TheoryData<CallOutcome> All => [.. Enum.GetValues<CallOutcome>()];

    [Theory]
    [MemberData(nameof(All))]
    public void Of_EveryOutcome_HasWordsAndAFailure(CallOutcome outcome)
    {
        OutcomeDescriptions.Of(outcome).ShouldNotBeNullOrWhiteSpace();

        var result = new SubCallResult(
            new SubCallKey(SubCallStep.Candidate, 0, 0),
            new ModelCallResult { Outcome = outcome, Error = new UpstreamError("It failed."), Attempts = 1, StartedAt = default, Total = default });
        var end = PanelFailure.Explain(new PanelResult([], [result], 1, 1), message => message);
        (end.Failure?.Message ?? end.Answer?.FinishReason).ShouldNotBeNullOrWhiteSpace();
    }
}
