namespace Ensemble.Load.Tokens;

/// <summary>One streamed answer, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
/// <param name="Delays">Of each token from the stub that wrote it to the caller that read it.</param>
/// <param name="FirstRead">From the request to the first token's being read.</param>
internal sealed record TokenSample(long[] Delays, long FirstRead);
