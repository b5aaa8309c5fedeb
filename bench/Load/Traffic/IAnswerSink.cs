namespace Ensemble.Load.Traffic;

/// <summary>Takes the answers of a load, and says what comes next.</summary>
internal interface IAnswerSink
{
    /// <returns>When its caller asks again, in ticks of <see cref="System.Diagnostics.Stopwatch"/>; null = no more.</returns>
    long? Take(Answer answer);
}
