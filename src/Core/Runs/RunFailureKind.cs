namespace Ensemble.Runs;

public enum RunFailureKind
{
    /// <summary>Providers say that the request is at fault.</summary>
    RequestRejected,

    /// <summary>Too few members can be sent a part of the request.</summary>
    UnsupportedContent,

    /// <summary>The length limit left no room for an answer.</summary>
    MaxTokensTooSmall,

    /// <summary>Members, or the judge, are at their limits.</summary>
    RateLimited,

    PanelBelowQuorum,
    JudgeFailed,
    JudgeTimedOut,

    /// <summary>A model that was asked directly is at its limit.</summary>
    DirectRateLimited,
    DirectFailed,
    DirectTimedOut,

    /// <summary>Nothing could be shown in time, or the answer took too long.</summary>
    DeadlineExceeded,

    /// <summary>The answer is larger than a run may hold.</summary>
    AnswerTooLarge,

    /// <summary>The caller went away, or the process is stopping.</summary>
    Cancelled,

    /// <summary>A fault of ours.</summary>
    Internal,

    /// <summary>The machine that executed the run is gone, and the run could not be executed again.</summary>
    Interrupted,

    /// <summary>What is left to do does not fit the run's budget.</summary>
    BudgetExceeded,

    /// <summary>What the run was to be replayed from is not there any more, or is of another panel.</summary>
    AnswersNotStored,

    /// <summary>This process has no memory left for the answer.</summary>
    OutOfMemory,
}
