using Ensemble.Runs;

namespace Ensemble.Grains.Runs;

/// <summary>How far one reader of a run is, over all its incarnations, and the way on which events come to it.</summary>
/// <param name="after">The number of the last event that the reader has already.</param>
/// <param name="streamed">Whether each piece of an answer is shown as it comes, and cannot be taken back.</param>
internal sealed class RunReader(int incarnation, long after, bool streamed, long now)
{
    /// <summary>Incarnations that are replaced because they were stopped, at most: each costs money.</summary>
    private const int MaxSuperseded = 3;

    private readonly Lock _lock = new();
    private int _superseded;
    private CancellationTokenSource? _pull;
    private long _lastActivity = now;
    private long _last = after;
    private bool _hasShown;
    private bool _isWaiting;

    public int Incarnation { get; private set; } = incarnation;

    /// <summary>The number of the last event that was taken.</summary>
    public long Last => Volatile.Read(ref _last);

    /// <summary>Goes in a row without an event between them.</summary>
    public int EmptyReads { get; set; }

    /// <summary>When something was heard of the run.</summary>
    public long LastActivity
    {
        get => Volatile.Read(ref _lastActivity);
        set => Volatile.Write(ref _lastActivity, value);
    }

    /// <summary>Whether the reader waits for an event that it pulls.</summary>
    public bool IsWaiting
    {
        get => Volatile.Read(ref _isWaiting);
        set => Volatile.Write(ref _isWaiting, value);
    }

    /// <summary>Whether the incarnation that is read was stopped before it had an answer: nothing more comes of it.</summary>
    public bool IsSuperseded { get; private set; }

    /// <summary>Goes over to a newer incarnation, from its beginning.</summary>
    /// <returns>False where a part of the answer has been shown: another one must not follow it.</returns>
    public bool TryBegin(int newer)
    {
        if (streamed && _hasShown)
        {
            return false;
        }

        (Incarnation, _hasShown, IsSuperseded) = (newer, false, false);
        Volatile.Write(ref _last, 0);
        return true;
    }

    /// <summary>Says that this incarnation was stopped although its answer is wanted.</summary>
    /// <returns>False where that has happened <see cref="MaxSuperseded"/> times.</returns>
    public bool TrySupersede() => IsSuperseded = _superseded++ < MaxSuperseded;

    /// <returns>False for an event that the reader has, or that is void.</returns>
    public bool Take(RunEvent runEvent)
    {
        if (runEvent.Incarnation != Incarnation || runEvent.Sequence <= Last)
        {
            return false;
        }

        Volatile.Write(ref _last, runEvent.Sequence);
        _hasShown |= runEvent is AnswerDelta or ChoicesDelta;
        EmptyReads = 0;
        return true;
    }

    /// <returns>What <see cref="CancelPull"/> cancels, until <see cref="EndPull"/>.</returns>
    public CancellationToken BeginPull(long now, CancellationToken cancellationToken)
    {
        LastActivity = now;
        var pull = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        lock (_lock)
        {
            _pull = pull;
        }

        return pull.Token;
    }

    /// <summary>Nothing is to come on the way on which events are pulled now.</summary>
    public void CancelPull()
    {
        CancellationTokenSource? pull;
        lock (_lock)
        {
            pull = _pull;
        }

        try
        {
            pull?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended at this moment.
        }
    }

    public void EndPull()
    {
        CancellationTokenSource? pull;
        lock (_lock)
        {
            (pull, _pull) = (_pull, null);
        }

        // Whatever still waits for an event is of no use to anybody.
        pull?.Cancel();
        pull?.Dispose();
    }
}
