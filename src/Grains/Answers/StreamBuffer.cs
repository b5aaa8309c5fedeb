using System.Threading.Channels;

namespace Ensemble.Grains.Answers;

/// <summary>
/// What a frontend's stream has brought for one run and the run's reader has not taken yet. Bounded, and nobody waits to put something in.
/// </summary>
internal sealed class StreamBuffer(int incarnation, long opened)
{
    /// <summary>Most batches in it: a reader that is slower than this pulls the rest, at its own pace.</summary>
    public const int Capacity = 32;

    private readonly Channel<AnswerBatch> _batches =
        Channel.CreateBounded<AnswerBatch>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private long _lastActivity = opened;
    private long _last;
    private int _taken;
    private volatile bool _closed;

    public int Incarnation => incarnation;

    /// <summary>Ends when no more comes on the stream for this run; what is in it is good.</summary>
    public ChannelReader<AnswerBatch> Batches => _batches.Reader;

    /// <summary>When something came for this run.</summary>
    public long LastActivity => Volatile.Read(ref _lastActivity);

    /// <summary>The highest number of an event that came.</summary>
    public long Last => Volatile.Read(ref _last);

    /// <summary>Whether nothing more is put in.</summary>
    public bool IsClosed => _closed;

    /// <returns>Whether it was taken. Where there is no room, no later one is either: the reader pulls.</returns>
    public bool Offer(AnswerBatch batch, long now)
    {
        if (batch.Incarnation != incarnation)
        {
            return false;
        }

        if (!_batches.Writer.TryWrite(batch))
        {
            Close();
            return false;
        }

        Volatile.Write(ref _lastActivity, now);
        InterlockedMax(batch.LastSequence);
        return true;
    }

    /// <summary>The reader takes what is in it, and pulls the rest.</summary>
    public void Close()
    {
        _closed = true;
        _batches.Writer.TryComplete();
    }

    /// <returns>False where it has its reader already.</returns>
    public bool TryClaim() => Interlocked.Exchange(ref _taken, 1) == 0;

    private void InterlockedMax(long sequence)
    {
        for (var seen = Last; sequence > seen;)
        {
            var found = Interlocked.CompareExchange(ref _last, sequence, seen);
            if (found == seen)
            {
                return;
            }

            seen = found;
        }
    }
}
