namespace Ensemble.Runs;

/// <summary>What a sub-call is for.</summary>
public enum SubCallStep
{
    /// <summary>A panel member's answer.</summary>
    Candidate,

    /// <summary>A judge writes the answer.</summary>
    Synthesis,

    /// <summary>A model that the caller named itself.</summary>
    Direct,
}
