namespace Ensemble.Load.Failures;

internal enum RequestOutcome
{
    /// <summary>Not over when the load was given up: nobody answered.</summary>
    Pending,

    /// <summary>The whole answer came, as the judge wrote it.</summary>
    Answered,

    /// <summary>It failed, and no byte of an answer had been shown.</summary>
    Lost,

    /// <summary>It was answered 503 <c>overloaded</c>.</summary>
    Refused,

    /// <summary>It failed after a part had been shown.</summary>
    Broken,
}
