namespace Ensemble.Runs;

/// <summary>A candidate as a judge saw it.</summary>
/// <param name="Cut">Whether its middle was left out, because it was longer than its share of the judge's context.</param>
public sealed record LabelledCandidate(string Label, int Member, int Sample, bool Cut);
