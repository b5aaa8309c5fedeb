namespace Ensemble.Catalog;

/// <summary>What happens to an answer if the verifier fails.</summary>
public enum OnVerifierFailure
{
    /// <summary>The answer is escalated, as after a failed audit.</summary>
    Escalate,

    /// <summary>The answer is returned, and the run is marked as degraded.</summary>
    Accept,
}
