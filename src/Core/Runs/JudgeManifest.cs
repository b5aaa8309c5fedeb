namespace Ensemble.Runs;

/// <summary>What the judge was shown.</summary>
/// <param name="PromptVersion">Of the built-in prompt, or <c>custom</c>.</param>
/// <param name="Order">The candidates in the order in which they stood: label → member and sample.</param>
/// <param name="SchemaValid">Whether the answer fits the caller's schema; null where there is none, or no answer.</param>
public sealed record JudgeManifest(string PromptVersion, IReadOnlyList<LabelledCandidate> Order, bool? SchemaValid);
