using System.Diagnostics;
using Ensemble.Load.Traffic;

namespace Ensemble.Load.Soak;

/// <summary>Counts the answers of a load that goes on whatever comes back.</summary>
/// <param name="to">When no more is asked, in ticks of <see cref="Stopwatch"/>.</param>
internal sealed class SoakSink(long to) : IAnswerSink
{
    // A caller that is refused does not ask again at once: the load would be one of refusals.
    private static readonly long Pause = Stopwatch.Frequency / 20;

    private readonly Lock _lock = new();
    private SoakCount _count = new();

    public long? Take(Answer answer)
    {
        lock (_lock)
        {
            _count.Add(answer);
        }

        var next = answer.Fault is null ? answer.Sample.End : answer.Sample.End + Pause;
        return next < to ? next : null;
    }

    /// <returns>What has come since the last time.</returns>
    public SoakCount Take()
    {
        lock (_lock)
        {
            var count = _count;
            _count = new SoakCount();
            return count;
        }
    }
}
