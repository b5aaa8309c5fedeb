namespace Ensemble.Usage;

/// <summary>What a watcher wants to see. What is null excludes none.</summary>
public sealed record UsageWatch
{
    /// <summary>The alias that callers name.</summary>
    public string? Ensemble { get; init; }

    /// <summary>The called model's alias. Runs call many: none is shown where one model is meant.</summary>
    public string? Model { get; init; }

    /// <summary>The name of a caller's key; empty = nobody's.</summary>
    public string? Caller { get; init; }

    public bool Admits(UsageRow call) => (Model is null || Model == call.Model) && Admits(call.Ensemble, call.Caller);

    public bool Admits(RunRecord run) => Model is null && Admits(run.Ensemble, run.Caller);

    private bool Admits(string ensemble, string? caller) =>
        (Ensemble is null || Ensemble == ensemble) && (Caller is null || Caller == (caller ?? ""));
}
