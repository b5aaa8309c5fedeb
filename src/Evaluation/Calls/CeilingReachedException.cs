namespace Ensemble.Evaluation.Calls;

/// <summary>The next call might cost more than is left.</summary>
internal sealed class CeilingReachedException() : Exception("The next call might cost more than --max-cost leaves.");
