using Ensemble.Usage;

namespace Ensemble.Runs;

/// <summary>There is no answer, or none beyond what was shown. The last event of its run.</summary>
public sealed record RunFailed(RunFailure Failure, UsageTotals Usage) : RunEvent;
