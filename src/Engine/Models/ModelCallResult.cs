using Ensemble.Chat;
using Ensemble.Upstreams;

namespace Ensemble.Models;

/// <summary>What became of a call over all its attempts.</summary>
public sealed record ModelCallResult
{
    public required CallOutcome Outcome { get; init; }

    public ChatAnswer? Answer { get; init; }

    /// <summary>Of the last attempt.</summary>
    public UpstreamError? Error { get; init; }

    /// <summary>The sum of what the attempts reported; null where none did.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>Upstream calls made; 0 where there was none.</summary>
    public required int Attempts { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>From the start to the first content of a stream.</summary>
    public TimeSpan? FirstToken { get; init; }

    public required TimeSpan Total { get; init; }

    /// <summary>Characters of the last attempt's answer that came in.</summary>
    public int ReceivedCharacters { get; init; }

    public IReadOnlyList<string> DroppedParameters { get; init; } = [];

    /// <summary>When it is worth asking this model again; null = nobody said.</summary>
    public TimeSpan? RetryAfter => Error?.RetryAfter;
}
