namespace Ensemble.Load.Traffic;

/// <summary>One request's end.</summary>
/// <param name="Status">Of HTTP; 0 where the connection broke.</param>
/// <param name="Fault">Why it is not the answer that was wanted; null = it is.</param>
internal readonly record struct Answer(Sample Sample, int Status, string? Fault);
