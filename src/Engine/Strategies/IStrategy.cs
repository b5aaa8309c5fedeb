using Ensemble.Runs;

namespace Ensemble.Strategies;

/// <summary>One way to turn models' answers into a run's.</summary>
internal interface IStrategy
{
    /// <summary>Shows the answer through the context and says how it ended. Never returns before it has.</summary>
    Task<RunEnd> ExecuteAsync(RunContext context);
}
