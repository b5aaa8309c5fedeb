namespace Ensemble.Gates;

/// <summary>Which limit turned a request away.</summary>
public enum GateLimit
{
    /// <summary>Requests in 60 seconds.</summary>
    Rpm,

    /// <summary>Tokens in 60 seconds.</summary>
    Tpm,

    /// <summary>Requests in 24 hours.</summary>
    Rpd,

    /// <summary>Calls in flight.</summary>
    Concurrency,

    /// <summary>The model failed, and is left alone for a while.</summary>
    Cooldown,

    /// <summary>The model refused its operator's key or account, and is left alone for a while.</summary>
    OperatorFault,
}
