namespace Ensemble.Runs;

/// <summary>That a request belongs to a run.</summary>
/// <param name="Scope">Names the request, at most 128 characters.</param>
/// <param name="RequestHash">Tells the same body from another one, at most 64 bytes.</param>
/// <param name="ExpiresAt">Kept to the millisecond.</param>
public sealed record RunClaim(string Scope, RunId Run, ReadOnlyMemory<byte> RequestHash, DateTimeOffset ExpiresAt)
{
    public const int MaxScopeLength = 128;
    public const int MaxHashBytes = 64;

    /// <summary>How long a panel is kept for the same request without a key: 60 s.</summary>
    public static readonly TimeSpan PanelRetention = TimeSpan.FromSeconds(60);

    public string Scope { get; init; } = Scope.Length <= MaxScopeLength
        ? Scope
        : throw new ArgumentException($"A scope has at most {MaxScopeLength} characters; this one has {Scope.Length}.", nameof(Scope));

    public ReadOnlyMemory<byte> RequestHash { get; init; } = RequestHash.Length <= MaxHashBytes
        ? RequestHash
        : throw new ArgumentException(
            $"A request's hash has at most {MaxHashBytes} bytes; this one has {RequestHash.Length}.", nameof(RequestHash));
}
