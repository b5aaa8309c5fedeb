namespace Ensemble.Upstreams.Simulated;

/// <summary>What a simulated model would say, before it is put into the form that was asked for.</summary>
/// <param name="IsRight">False where the model was drawn to err.</param>
/// <param name="Confidence">Mean probability of a token, from 0 to 1; lower where the model errs, as with real ones.</param>
/// <param name="Pick">The candidate that it chose; null where it was not asked to judge.</param>
internal sealed record SimulatedThought(string Text, bool IsRight, double Confidence, SimulatedPick? Pick);
