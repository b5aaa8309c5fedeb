using Ensemble.Catalog;
using Ensemble.Panels;
using Ensemble.Runs;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Strategies;

/// <summary>Asks beside a routed answer what the default would have said, to see how often the cheaper route says the same.</summary>
internal sealed class RouteShadow(RunContext context, EnsembleConfig ensemble, string model)
{
    private static readonly SubCallKey Key = new(SubCallStep.Shadow, 0, 0);

    private Task<SubCallResult>? _asking;

    public void Begin() => _asking = AskAsync();

    /// <summary>Waits for it: what it takes belongs into the run's accounts.</summary>
    public async Task CompareAsync(string routed)
    {
        var shadow = await _asking!;
        if (!shadow.IsUsable)
        {
            context.Diagnostics.Decide(new DecisionManifest("shadow", "failed") { Reason = SnakeCase.Of(shadow.Outcome) });
            return;
        }

        var candidateSet = CandidateSet.Of(
            context.Reader(ensemble),
            ensemble,
            [new Candidate(new SubCallKey(SubCallStep.Candidate, 0, 0), new ChatAnswer(routed, "stop"), 1), new Candidate(Key, shadow.Call.Answer!, 1)]);
        context.Diagnostics.Decide(
            new DecisionManifest("shadow", candidateSet.Agreement == 1 ? "agrees" : "differs") { Value = candidateSet.Agreement });
    }

    private async Task<SubCallResult> AskAsync()
    {
        try
        {
            return await new MemberCall(context, ensemble).AskAsync(model, Key, context.Deadline.Token);
        }
        catch (BudgetExceededException)
        {
            // Nobody waits for it: the answer goes on without.
            return new SubCallResult(
                Key, new Models.ModelCallResult
                { Outcome = CallOutcome.BudgetExceeded, Attempts = 0, StartedAt = context.Time.GetUtcNow(), Total = TimeSpan.Zero });
        }
    }
}
