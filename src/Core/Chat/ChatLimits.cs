namespace Ensemble.Chat;

/// <summary>What a request may hold at most. The body's size is bounded where it is read.</summary>
public sealed record ChatLimits
{
    /// <summary>Default 2,048.</summary>
    public int MaxMessages { get; init; } = 2048;

    /// <summary>Nesting of objects and arrays. Default 64.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>Top-level fields. Default 128.</summary>
    public int MaxFields { get; init; } = 128;

    /// <summary>Content parts over all messages. Default 8,192.</summary>
    public int MaxParts { get; init; } = 8192;

    public static readonly ChatLimits Default = new();

    /// <summary>
    /// Of a request that the gateway wrote: what it is made of was checked when it came in, and what was added must not make it fail.
    /// </summary>
    public static readonly ChatLimits Rewritten =
        new() { MaxMessages = int.MaxValue, MaxDepth = 256, MaxFields = int.MaxValue, MaxParts = int.MaxValue };
}
