namespace Ensemble.Gates;

/// <summary>What a gate stands before.</summary>
public enum GateKind
{
    /// <summary>A direct model: every attempt of every sub-call passes it.</summary>
    Model,

    /// <summary>An ensemble as callers name it.</summary>
    Alias,

    /// <summary>A caller's key.</summary>
    Caller,
}
