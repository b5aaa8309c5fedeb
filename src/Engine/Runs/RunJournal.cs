using System.Runtime.CompilerServices;

namespace Ensemble.Runs;

/// <summary>
/// What happened in one incarnation of a run, in order, whole until its end. Any number of readers read it from any point;
/// each sees every event once. Thread-safe.
/// </summary>
/// <param name="budget">Has room for the journal's bytes; null = any number.</param>
public sealed class RunJournal(int incarnation, ByteBudget? budget = null)
{
    /// <summary>Most characters (or bytes of choices) of answer that a journal holds.</summary>
    public const long MaxAnswerSize = 8 * 1024 * 1024;

    /// <summary>Most events, the last one left aside.</summary>
    public const int MaxEvents = 262_144;

    /// <summary>Bytes that a journal takes of the budget at a time, the first ones before its run begins.</summary>
    public const int Step = 16 * 1024;

    /// <summary>What an event takes besides its text, in bytes.</summary>
    private const int Overhead = 96;

    private readonly Lock _lock = new();
    private readonly List<RunEvent> _events = new(8);
    private TaskCompletionSource? _appended;
    private TaskCompletionSource? _end;
    private long _answerSize;
    private long _taken;
    private long _used;
    private int _dropped;
    private int _readers;
    private bool _ended;
    private bool _isUnwanted;
    private bool _isStripped;

    /// <summary>Whether a piece of the answer is in it.</summary>
    public bool Shown { get; private set; }

    /// <summary>Whether an event is missing because the budget had no room for it.</summary>
    public bool IsOutOfMemory { get; private set; }

    /// <summary>The number of the last event that is in it; 0 = there is none.</summary>
    public long Last
    {
        get
        {
            lock (_lock)
            {
                return _dropped + _events.Count;
            }
        }
    }

    /// <summary>Whether events, or the answer of the last one, were dropped: what is left is its end, and not what it said.</summary>
    public bool IsStripped
    {
        get
        {
            lock (_lock)
            {
                return _isStripped;
            }
        }
    }

    /// <summary>What it takes of the budget, in bytes.</summary>
    public long Held
    {
        get
        {
            lock (_lock)
            {
                return _taken;
            }
        }
    }

    /// <returns>A journal with room for a short answer; null where the budget has none.</returns>
    public static RunJournal? Open(int incarnation, ByteBudget budget) =>
        budget.TryTake(Step) ? new RunJournal(incarnation, budget) { _taken = Step } : null;

    /// <returns>False where the journal is full or has ended: the event is not in it.</returns>
    public bool Append(RunEvent runEvent)
    {
        TaskCompletionSource? waiters;
        TaskCompletionSource? end = null;
        lock (_lock)
        {
            var isLast = runEvent is RunCompleted or RunFailed;
            var (size, bytes) = runEvent switch
            {
                AnswerDelta delta => (delta.Text.Length, Overhead + (delta.Text.Length * sizeof(char))),
                ChoicesDelta delta => (delta.Size, Overhead + delta.Size),
                RunCompleted completed => (0, Overhead + completed.Answer.Size),
                _ => (0, Overhead),
            };
            if (_ended || (!isLast && (_dropped + _events.Count >= MaxEvents || _answerSize + size > MaxAnswerSize || !HasRoom(bytes))))
            {
                return false;
            }

            _answerSize += size;
            _used += bytes;
            _ended = isLast;
            Shown |= runEvent is AnswerDelta or ChoicesDelta;
            runEvent.Stamp(_events.Count + 1, incarnation);
            _events.Add(runEvent);
            if (isLast)
            {
                Settle();
                StripIfUnread();
                end = _end;
            }

            (waiters, _appended) = (_appended, null);
        }

        waiters?.TrySetResult();
        end?.TrySetResult();
        return true;
    }

    /// <summary>
    /// The events after number <paramref name="after"/>, as they come; ends with the run's last event. Of a journal that was dropped
    /// the last one alone is left, without an answer.
    /// </summary>
    public async IAsyncEnumerable<RunEvent> ReadAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Enter();
        try
        {
            for (var next = checked((int)after); ; next++)
            {
                RunEvent? runEvent;
                while (!TryGet(ref next, out runEvent, out var appended))
                {
                    if (appended is null)
                    {
                        yield break;
                    }

                    await appended.WaitAsync(cancellationToken);
                }

                yield return runEvent;
            }
        }
        finally
        {
            Leave();
        }
    }

    /// <returns>All events, once the last one is there; null where that takes longer than <paramref name="limit"/>, or some were
    /// dropped.</returns>
    public async ValueTask<IReadOnlyList<RunEvent>?> ReadWholeAsync(TimeSpan limit, TimeProvider time)
    {
        var end = Task.CompletedTask;
        lock (_lock)
        {
            if (!_ended)
            {
                _end ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                end = _end.Task;
            }
        }

        if (!end.IsCompleted)
        {
            // A time-out is no error: the reader goes on in another way.
            await end.WaitAsync(limit, time).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        lock (_lock)
        {
            return _ended && !_isStripped ? [.. _events] : null;
        }
    }

    /// <returns>The text of the answer so far; empty where it was dropped.</returns>
    public string Text()
    {
        lock (_lock)
        {
            return string.Concat(_events.OfType<AnswerDelta>().Select(static delta => delta.Text));
        }
    }

    /// <summary>
    /// Says that no other reader comes. Once the journal has ended and those that read it have left, its last event alone stays,
    /// without an answer.
    /// </summary>
    public void Drop()
    {
        lock (_lock)
        {
            _isUnwanted = true;
            StripIfUnread();
        }
    }

    /// <summary>Says that no run writes it.</summary>
    public void Discard()
    {
        lock (_lock)
        {
            _ended = true;
            Settle();
        }
    }

    private void Enter()
    {
        lock (_lock)
        {
            _readers++;
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            _readers--;
            StripIfUnread();
        }
    }

    private void StripIfUnread()
    {
        if (!_isUnwanted || !_ended || _readers > 0 || _events.Count == 0)
        {
            return;
        }

        var last = _events[^1] is RunCompleted end ? new RunCompleted(end.Answer.Stripped(), end.Usage) : _events[^1];
        last.Stamp(_dropped + _events.Count, incarnation);
        _isStripped |= _events.Count > 1 || _events[^1] is RunCompleted { Answer.Size: > 0 };
        _dropped += _events.Count - 1;
        _events.Clear();
        _events.Capacity = 1;
        _events.Add(last);
        _used = 0;
        Settle();
    }

    private bool HasRoom(int bytes)
    {
        if (budget is null || _used + bytes <= _taken)
        {
            return true;
        }

        var more = Math.Max(bytes, Step);
        if (!budget.TryTake(more))
        {
            IsOutOfMemory = true;
            return false;
        }

        _taken += more;
        return true;
    }

    /// <summary>Gives back what was taken beyond what is used, or takes what is missing.</summary>
    private void Settle()
    {
        budget?.Return(_taken - _used);
        _taken = _used;
    }

    /// <param name="appended">Completes with the next event; null where there will be none.</param>
    private bool TryGet(ref int index, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out RunEvent? runEvent, out Task? appended)
    {
        lock (_lock)
        {
            index = Math.Max(index, _dropped);
            if (index < _dropped + _events.Count)
            {
                runEvent = _events[index - _dropped];
                appended = null;
                return true;
            }

            runEvent = null;
            appended = _ended ? null : (_appended ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            return false;
        }
    }
}
