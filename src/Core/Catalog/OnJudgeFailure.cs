namespace Ensemble.Catalog;

public enum OnJudgeFailure
{
    /// <summary>The caller gets the candidate that the panel agrees on most, marked as degraded.</summary>
    BestCandidate,

    /// <summary>The run fails.</summary>
    Fail,
}
