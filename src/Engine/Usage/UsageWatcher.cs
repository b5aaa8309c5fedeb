using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Ensemble.Usage;

/// <summary>One who looks on at a <see cref="UsageFeed"/>. Has one reader; writers never wait.</summary>
public sealed class UsageWatcher : IDisposable
{
    private readonly UsageFeed _feed;
    private readonly UsageWatch _watch;
    private readonly Channel<UsageNotification> _notes;
    private long _dropped;
    private int _gap;

    internal UsageWatcher(UsageFeed feed, UsageWatch watch, int capacity)
    {
        (_feed, _watch) = (feed, watch);
        _notes = Channel.CreateBounded<UsageNotification>(new BoundedChannelOptions(capacity) { SingleReader = true });
    }

    /// <summary>Completes when there may be something to take, with false at the end.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _notes.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>What is missing comes first, then the rest in order.</summary>
    /// <returns>False where there is nothing now.</returns>
    public bool TryTake([NotNullWhen(true)] out UsageNotification? note)
    {
        do
        {
            if (Interlocked.Exchange(ref _gap, 0) != 0)
            {
                note = UsageNotification.Gap;
                return true;
            }

            if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var count)
            {
                note = UsageNotification.OfDropped(count);
                return true;
            }
        }
        while (_notes.Reader.TryRead(out note) && note == UsageNotification.Wake);

        return note is not null;
    }

    /// <summary>Looks on no longer.</summary>
    public void Dispose() => _feed.Remove(this);

    internal void Offer(UsageNotification note)
    {
        if ((note.Call is { } call && _watch.Admits(call)) || (note.Run is { } run && _watch.Admits(run)))
        {
            if (!_notes.Writer.TryWrite(note))
            {
                Interlocked.Increment(ref _dropped);
            }
        }
    }

    internal void ReportDropped(long count)
    {
        Interlocked.Add(ref _dropped, count);
        _notes.Writer.TryWrite(UsageNotification.Wake);
    }

    internal void ReportGap()
    {
        Volatile.Write(ref _gap, 1);
        _notes.Writer.TryWrite(UsageNotification.Wake);
    }

    internal void End() => _notes.Writer.TryComplete();
}
