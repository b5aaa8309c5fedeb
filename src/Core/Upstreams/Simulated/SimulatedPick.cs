namespace Ensemble.Upstreams.Simulated;

/// <summary>A candidate in a judge's prompt.</summary>
/// <param name="Label">As the prompt names it.</param>
/// <param name="Position">From 0, in the order of the prompt.</param>
internal sealed record SimulatedPick(string Label, int Position, string Text);
