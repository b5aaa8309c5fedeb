namespace Ensemble.Runs;

/// <summary>Why a run has no answer. Names no model and no provider: callers see it.</summary>
/// <param name="Message">What happened, for a person.</param>
[GenerateSerializer(IncludePrimaryConstructorParameters = false)]
[Immutable]
public sealed record RunFailure([property: Id(0)] RunFailureKind Kind, [property: Id(1)] string Message)
{
    /// <summary>The provider's stable code, where the request is at fault.</summary>
    [Id(2)]
    public string? Code { get; init; }

    /// <summary>The provider's message with its names, for callers who may read manifests; null = there is none. Holds no secret.</summary>
    [Id(7)]
    public string? Original { get; init; }

    /// <summary>The field at fault.</summary>
    [Id(3)]
    public string? Param { get; init; }

    /// <summary>A direct model's status (400, 413 or 422), where the request is at fault; null = 400.</summary>
    [Id(4)]
    public int? Status { get; init; }

    [Id(5)]
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether asking again at once would fail again: until an operator acts, or because that was tried here already.</summary>
    [Id(6)]
    public bool IsPermanent { get; init; }
}

/// <summary>
/// In snake case each name is the word for it everywhere: the error's <c>code</c>, the outcome in manifests, metrics, the log and the
/// ledger. Words of older versions are in <see cref="OutcomeWords"/>.
/// </summary>
public enum RunFailureKind
{
    /// <summary>Providers say that the request is at fault; the error has the provider's code, or none.</summary>
    RequestRejected,

    /// <summary>Too few members can be sent a part of the request.</summary>
    UnsupportedContent,

    /// <summary>The length limit left no room for an answer.</summary>
    MaxTokensTooSmall,

    /// <summary>Members, or the judge, are at their limits.</summary>
    PanelRateLimited,

    PanelBelowQuorum,
    JudgeFailed,
    JudgeTimeout,

    /// <summary>A model that was asked directly is at its limit.</summary>
    RateLimitExceeded,

    /// <summary>A model that was asked directly gave no answer.</summary>
    UpstreamFailed,

    /// <summary>A model that was asked directly did not answer in time.</summary>
    UpstreamTimeout,

    /// <summary>Nothing could be shown in time, or the answer took too long.</summary>
    DeadlineExceeded,

    /// <summary>The answer is larger than a run may hold.</summary>
    AnswerTooLarge,

    /// <summary>The caller went away, or the process is stopping: then the error's code is <c>draining</c>.</summary>
    Cancelled,

    /// <summary>A fault of ours.</summary>
    InternalError,

    /// <summary>The machine that executed the run is gone, and the run could not be executed again.</summary>
    RunInterrupted,

    /// <summary>What is left to do does not fit the run's budget.</summary>
    BudgetExceeded,

    /// <summary>What the run was to be replayed from is not there any more, or is of another panel.</summary>
    AnswersNotStored,

    /// <summary>This process has no memory left for the answer.</summary>
    Overloaded,
}

/// <summary>A call does not fit the budget of a run that is to fail by it.</summary>
internal sealed class BudgetExceededException() : Exception("The next call does not fit the budget of this run.");

/// <summary>As many requests can be repeated as the process keeps in mind: one more could be paid for twice. It passes.</summary>
public sealed class ClaimLimitException() : Exception("As many requests with an Idempotency-Key are kept in mind as may be.");

/// <summary>The part of the cluster that was asked gave no answer within the time that callers are kept waiting. It may pass.</summary>
public sealed class ClusterUnavailableException(string message, Exception? innerException) : Exception(message, innerException);
