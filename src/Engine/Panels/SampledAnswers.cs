using Ensemble.Models;
using Ensemble.Providers.Calls;
using Ensemble.Runs;
using Ensemble.Upstreams;

namespace Ensemble.Panels;

/// <summary>Takes apart a call that asked for several answers at once.</summary>
internal static class SampledAnswers
{
    /// <param name="wanted">Answers that the call asked for.</param>
    /// <param name="expected">How each of them is read.</param>
    /// <returns>So many results, each under the key of its own sample; those that the provider left out are incomplete.</returns>
    public static IReadOnlyList<SubCallResult> Of(SubCallResult result, int wanted, ExpectedAnswer expected)
    {
        var answers = result.IsUsable ? ChatChoices.Split(result.Call.Answer!) : [];
        return [.. Enumerable.Range(0, wanted).Select(sample => new SubCallResult(
            result.Key with { Sample = result.Key.Sample + sample },
            !result.IsUsable ? result.Call
                : sample < answers.Count ? One(result.Call, answers[sample], expected)
                : result.Call with { Outcome = CallOutcome.Incomplete, Answer = null }))];
    }

    private static ModelCallResult One(ModelCallResult call, ChatAnswer answer, ExpectedAnswer expected) =>
        expected.Read(call with { Outcome = ChatChoices.OutcomeOf(answer), Answer = answer });
}
