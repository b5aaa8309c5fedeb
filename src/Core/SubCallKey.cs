namespace Ensemble;

/// <summary>Names a sub-call within its run, the same in every incarnation.</summary>
/// <param name="Member">Index in the panel, or in the chain of judges.</param>
/// <param name="Sample">Index among the samples of that member.</param>
public readonly record struct SubCallKey(SubCallStep Step, int Member, int Sample)
{
    public override string ToString() => $"{Step}/{Member}/{Sample}";
}

/// <summary>Whether a sub-call gathers answers or decides between them.</summary>
public enum SubCallRole
{
    Panel,
    Judge,

    /// <summary>Decides, and its text is nobody's answer.</summary>
    Control,
}

/// <summary>What a sub-call is for.</summary>
public enum SubCallStep
{
    /// <summary>A panel member's answer.</summary>
    Candidate,

    /// <summary>A judge writes the answer.</summary>
    Synthesis,

    /// <summary>A model that the caller named itself.</summary>
    Direct,

    /// <summary>A judge says what the candidates agree and differ on.</summary>
    Analysis,

    /// <summary>A judge picks a candidate.</summary>
    Pick,

    /// <summary>A member says how sure it is of its answer.</summary>
    SelfReport,

    /// <summary>A model audits an answer.</summary>
    Verification,

    /// <summary>An answer in place of one that failed its audit, or of a target that failed.</summary>
    Escalation,

    /// <summary>A model chooses where a request goes.</summary>
    Classification,

    /// <summary>A model splits a request into parts.</summary>
    Plan,

    /// <summary>A member answers one part.</summary>
    Subtask,

    /// <summary>The answer that another route would have given, to compare.</summary>
    Shadow,

    /// <summary>Vectors of the candidates.</summary>
    Embedding,
}
