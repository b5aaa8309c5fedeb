namespace Ensemble.Catalog;

/// <summary>What becomes of an answer of which the verifier says nothing.</summary>
public enum OnVerifierFailure
{
    /// <summary>As if it had failed the audit.</summary>
    Escalate,

    /// <summary>It is given, and the run is marked as degraded.</summary>
    Accept,
}
