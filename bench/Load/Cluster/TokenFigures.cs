using Ensemble.Load.Measuring;

namespace Ensemble.Load.Cluster;

/// <summary>Streamed answers of one side, over all slots of a cell; times in milliseconds.</summary>
/// <param name="Token">From the stub that wrote a token to the caller that read it.</param>
/// <param name="First">The same of each answer's first token alone.</param>
/// <param name="FirstRead">From the request to the first token.</param>
/// <param name="Parts">Processor time of an answer, by part.</param>
internal sealed record TokenFigures(string Side, int Answers, Spread Token, Spread First, Spread FirstRead, IReadOnlyDictionary<string, double> Parts);
