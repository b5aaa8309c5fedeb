namespace Ensemble.Strategies;

/// <summary>Why stored answers cannot be replayed in some way. Names no model.</summary>
/// <param name="Param">The field at fault; null = none.</param>
public sealed record ReplayRefusal(string Code, string? Param, string Message)
{
    /// <summary>Whether it is not the caller's wish that is at fault, but what changed since.</summary>
    public bool IsConflict { get; init; }
}
