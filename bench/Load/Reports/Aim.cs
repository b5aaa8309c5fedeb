namespace Ensemble.Load.Reports;

/// <summary>What the product sets itself, and what was measured.</summary>
/// <param name="Met">Null where it was not measured.</param>
internal sealed record Aim(string Text, string Measured, bool? Met);
