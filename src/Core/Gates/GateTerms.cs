namespace Ensemble.Gates;

/// <summary>How a process is to treat a gate. The numbers travel between processes: they never change.</summary>
public enum GateTerms
{
    /// <summary>Ask for each call.</summary>
    PerCall = 0,

    /// <summary>Let every call through: nothing is limited, and the model is in use.</summary>
    Free = 1,

    /// <summary>Let no call through: the model is left alone.</summary>
    Refused = 2,

    /// <summary>Let calls through as far as the allowance reaches.</summary>
    Allowance = 3,
}
