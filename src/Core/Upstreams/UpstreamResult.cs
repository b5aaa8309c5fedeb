using Ensemble.Chat;

namespace Ensemble.Upstreams;

/// <summary>What became of one upstream call.</summary>
public sealed record UpstreamResult
{
    public required CallOutcome Outcome { get; init; }

    /// <summary>Set where <see cref="Outcome"/> says that there is one, and where a refused or blank one is worth keeping.</summary>
    public ChatAnswer? Answer { get; init; }

    /// <summary>Set where the call failed.</summary>
    public UpstreamError? Error { get; init; }

    /// <summary>As the provider reported it, also on a call that failed; null where it did not.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>Characters of answer text that came in, whether or not the call ended well.</summary>
    public int ReceivedCharacters { get; init; }

    /// <summary>Request fields that this provider was not sent, because it does not take them.</summary>
    public IReadOnlyList<string> DroppedParameters { get; init; } = [];

    public static UpstreamResult Failed(CallOutcome outcome, UpstreamError error) => new() { Outcome = outcome, Error = error };
}
