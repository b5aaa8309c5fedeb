namespace Ensemble.Upstreams;

/// <summary>
/// What became of a call, from the upstream's answer to the status that a caller sees. In snake case each name is the word for it in
/// manifests, metrics, the log and the ledger; what <see cref="Runs.RunFailureKind"/> has too has the same name there.
/// </summary>
public enum CallOutcome
{
    /// <summary>An answer with content.</summary>
    Ok,

    /// <summary>An answer without content.</summary>
    Blank,

    /// <summary>An answer without content, because the length limit came first.</summary>
    BlankAtLength,

    /// <summary>The provider says that the model refused.</summary>
    Refused,

    /// <summary>The provider's content filter took the answer away.</summary>
    Filtered,

    /// <summary>400, 413, 422: the request is at fault.</summary>
    RequestRejected,

    /// <summary>
    /// 404, a redirect, or another status that asking again does not change: the operator's address or model name is at fault.
    /// </summary>
    NotFound,

    /// <summary>401, 402, 403: the operator's key or account is at fault.</summary>
    AuthenticationFailed,

    /// <summary>429 from the provider.</summary>
    RateLimited,

    /// <summary>The model's own limit or cooldown; no call was made.</summary>
    GateRefused,

    /// <summary>This dialect cannot send a part of the request; no call was made.</summary>
    Unsupported,

    /// <summary>408, 409, 425, 5xx: it may pass.</summary>
    ServerError,

    /// <summary>No connection, or one that broke.</summary>
    TransportError,

    /// <summary>What came is not an answer: not JSON, no choices, too large.</summary>
    InvalidResponse,

    /// <summary>A stream that ended without saying why.</summary>
    Incomplete,

    /// <summary>Not answered within the call's time.</summary>
    TimedOut,

    /// <summary>A stream that fell silent.</summary>
    Stalled,

    /// <summary>Stopped by us: a straggler, a caller that left, a deadline of the run.</summary>
    Cancelled,

    /// <summary>Nobody knows: the caller of the model never reported an end.</summary>
    Lost,

    /// <summary>It did not fit the run's budget; no call was made.</summary>
    BudgetExceeded,

    /// <summary>An answer without the format that the request asks for, where no other format may be given.</summary>
    WrongFormat,
}
