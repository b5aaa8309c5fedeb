using Ensemble.Usage;

namespace Ensemble.Runs;

/// <summary>The answer is whole. The last event of its run.</summary>
public sealed record RunCompleted(RunAnswer Answer, UsageTotals Usage) : RunEvent;
