namespace Ensemble.Load.Failures;

/// <summary>What became of requests in flight whose runs were where it happened, by how far they were.</summary>
/// <param name="Slowest">Seconds from then to the end of the last one.</param>
internal sealed record PhaseFigures(string Phase, bool Streamed, int InFlight, int Answered, int Lost, int Broken, double Slowest);
