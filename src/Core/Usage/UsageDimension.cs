namespace Ensemble.Usage;

/// <summary>By what sub-calls and runs can be summed up.</summary>
public enum UsageDimension
{
    Ensemble,

    /// <summary>Of runs only.</summary>
    Strategy,

    /// <summary>Of sub-calls only.</summary>
    Model,

    /// <summary>Of sub-calls only.</summary>
    Role,

    Caller,
    Outcome,

    /// <summary>The hour in which it began, in UTC.</summary>
    Hour,

    /// <summary>The day on which it began, in UTC.</summary>
    Day,
}
