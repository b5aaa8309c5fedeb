using Ensemble.Runs;

namespace Ensemble.Grains.Answers;

/// <summary>
/// Merges what a stream and a journal say about one incarnation of a run: whatever the stream drops, doubles or reorders, what is taken out
/// is each event once and in order. Not thread-safe.
/// </summary>
/// <param name="after">The number of the last event that the reader has already.</param>
internal sealed class EventSequencer(int incarnation, long after)
{
    private readonly Queue<RunEvent> _ready = new();

    /// <summary>The number of the last event that was let in.</summary>
    public long Last { get; private set; } = after;

    /// <summary>Whether the run's last event was let in: there is nothing to come.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Lets in what is new of a batch from the stream.</summary>
    /// <returns>False where something before it is missing: go on by pulling what comes after <see cref="Last"/>.</returns>
    public bool Offer(AnswerBatch batch)
    {
        if (batch.Incarnation != incarnation || HasEnded)
        {
            return true;
        }

        if (batch.FirstSequence > Last + 1)
        {
            return false;
        }

        for (var known = (int)Math.Min(Last + 1 - batch.FirstSequence, batch.Events.Length); known < batch.Events.Length; known++)
        {
            if (!Offer(batch.Events[known].ToEvent()))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Lets an event in that is the next one.</summary>
    /// <returns>Whether it was: one that is known already, that is not the next, or of another incarnation is not let in.</returns>
    public bool Offer(RunEvent runEvent)
    {
        if (runEvent.Incarnation != incarnation || runEvent.Sequence != Last + 1 || HasEnded)
        {
            return false;
        }

        Last = runEvent.Sequence;
        HasEnded = runEvent is RunCompleted or RunFailed;
        _ready.Enqueue(runEvent);
        return true;
    }

    public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out RunEvent? runEvent) => _ready.TryDequeue(out runEvent);
}
