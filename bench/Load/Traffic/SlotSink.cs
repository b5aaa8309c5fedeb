namespace Ensemble.Load.Traffic;

/// <summary>Keeps each answer of a slot; the first that is not as it should be ends it.</summary>
/// <param name="to">When no more is asked, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</param>
internal sealed class SlotSink(long to) : IAnswerSink
{
    public List<Sample> Samples { get; } = [];

    public int Errors { get; private set; }

    public string? FirstError { get; private set; }

    public long? Take(Answer answer)
    {
        if (answer.Fault is { } fault)
        {
            Errors++;
            FirstError ??= fault;
        }
        else
        {
            Samples.Add(answer.Sample);
        }

        return Errors == 0 && answer.Sample.End < to ? answer.Sample.End : null;
    }
}
