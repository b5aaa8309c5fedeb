namespace Ensemble.Load.Traffic;

/// <summary>One run as its caller saw it, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
/// <param name="FirstContent">When the first byte of content was read; of a whole answer the same as <paramref name="End"/>.</param>
internal readonly record struct Sample(int Run, long Start, long FirstContent, long End);
