namespace Ensemble.Runs;

/// <summary>Why a run has no answer. Names no model and no provider: callers see it.</summary>
/// <param name="Message">What happened, for a person.</param>
public sealed record RunFailure(RunFailureKind Kind, string Message)
{
    /// <summary>The provider's stable code, where the request is at fault.</summary>
    public string? Code { get; init; }

    /// <summary>The provider's message with its names, for callers who may read manifests; null = there is none. Holds no secret.</summary>
    public string? Original { get; init; }

    /// <summary>The field at fault.</summary>
    public string? Param { get; init; }

    /// <summary>A direct model's status (400, 413 or 422), where the request is at fault; null = 400.</summary>
    public int? Status { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether asking again at once would fail again: until an operator acts, or because that was tried here already.</summary>
    public bool IsPermanent { get; init; }
}
