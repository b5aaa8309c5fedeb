using Ensemble.Runs;

namespace Ensemble.Usage;

/// <summary>What makes a sub-call one and the same in the accounts.</summary>
public readonly record struct SubCallId(RunId Run, int Incarnation, SubCallKey Key)
{
    public static SubCallId Of(UsageEvent usage) => new(usage.Run, usage.Incarnation, usage.Key);
}
