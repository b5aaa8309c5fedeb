using Ensemble.Panels;
using Ensemble.Runs;

namespace Ensemble.Strategies;

/// <summary>A strategy that asks the whole panel, and then makes one answer of what came.</summary>
internal interface IPanelDecision
{
    PanelPlan Plan(RunContext context);

    /// <returns>Why there could be no answer whatever the panel says, so that it need not be paid for; null = there could.</returns>
    ValueTask<RunFailure?> CheckAvailableAsync(RunContext context) => new(default(RunFailure));

    /// <param name="round">With quorum.</param>
    Task<RunEnd> DecideAsync(RunContext context, PanelRound round);
}
