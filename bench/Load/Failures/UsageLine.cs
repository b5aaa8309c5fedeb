namespace Ensemble.Load.Failures;

/// <summary>A usage event, as far as it matters here.</summary>
/// <param name="Calls">Upstream calls that it accounts for.</param>
internal sealed record UsageLine(string Run, int Incarnation, string Model, int Calls, bool IsLost);
