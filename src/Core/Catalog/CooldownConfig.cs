namespace Ensemble.Catalog;

/// <summary>When a failing model is left alone, and for how long.</summary>
public sealed record CooldownConfig
{
    /// <summary>Consecutive failures that trip it. Default 3.</summary>
    public int AfterFailures { get; init; } = 3;

    /// <summary>The first pause; doubles with each trip. Default 30 s.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest pause. Default 600 s.</summary>
    public TimeSpan MaxPause { get; init; } = TimeSpan.FromSeconds(600);

    public static readonly CooldownConfig Default = new();
}
