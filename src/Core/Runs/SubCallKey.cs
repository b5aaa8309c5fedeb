namespace Ensemble.Runs;

/// <summary>Names a sub-call within its run, the same in every incarnation.</summary>
/// <param name="Member">Index in the panel, or in the chain of judges.</param>
/// <param name="Sample">Index among the samples of that member.</param>
public readonly record struct SubCallKey(SubCallStep Step, int Member, int Sample)
{
    public override string ToString() => $"{Step}/{Member}/{Sample}";
}
