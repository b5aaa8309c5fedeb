namespace Ensemble.Usage;

/// <summary>By what sub-calls can be summed up.</summary>
public enum UsageDimension
{
    Ensemble,
    Model,
    Role,
    Caller,
    Outcome,

    /// <summary>The hour in which a sub-call began, in UTC.</summary>
    Hour,

    /// <summary>The day on which a sub-call began, in UTC.</summary>
    Day,
}
