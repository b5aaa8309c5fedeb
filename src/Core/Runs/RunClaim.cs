namespace Ensemble.Runs;

/// <summary>That a request belongs to a run.</summary>
/// <param name="Scope">Names the request, at most 128 characters.</param>
/// <param name="RequestHash">Tells the same body from another one.</param>
public sealed record RunClaim(string Scope, RunId Run, ReadOnlyMemory<byte> RequestHash, DateTimeOffset ExpiresAt);
