using System.Runtime.CompilerServices;

namespace Ensemble.Runs;

/// <summary>
/// What happened in one incarnation of a run, in order, whole until its end. Any number of readers read it from any point;
/// each sees every event once. Thread-safe.
/// </summary>
public sealed class RunJournal(int incarnation)
{
    /// <summary>Most characters (or bytes of choices) of answer that a journal holds.</summary>
    public const long MaxAnswerSize = 8 * 1024 * 1024;

    /// <summary>Most events, the last one left aside.</summary>
    public const int MaxEvents = 262_144;

    private readonly Lock _lock = new();
    private readonly List<RunEvent> _events = new(8);
    private TaskCompletionSource? _appended;
    private long _answerSize;
    private bool _ended;

    /// <summary>Whether a piece of the answer is in it.</summary>
    public bool Shown { get; private set; }

    /// <summary>The number of the last event that is in it; 0 = there is none.</summary>
    public long Last
    {
        get
        {
            lock (_lock)
            {
                return _events.Count;
            }
        }
    }

    /// <returns>False where the journal is full or has ended: the event is not in it.</returns>
    public bool Append(RunEvent runEvent)
    {
        TaskCompletionSource? waiters;
        lock (_lock)
        {
            var isLast = runEvent is RunCompleted or RunFailed;
            var size = runEvent switch
            {
                AnswerDelta delta => delta.Text.Length,
                ChoicesDelta delta => delta.Size,
                _ => 0,
            };
            if (_ended || (!isLast && (_events.Count >= MaxEvents || _answerSize + size > MaxAnswerSize)))
            {
                return false;
            }

            _answerSize += size;
            _ended = isLast;
            Shown |= runEvent is AnswerDelta or ChoicesDelta;
            runEvent.Stamp(_events.Count + 1, incarnation);
            _events.Add(runEvent);
            (waiters, _appended) = (_appended, null);
        }

        waiters?.TrySetResult();
        return true;
    }

    /// <summary>The events after number <paramref name="after"/>, as they come; ends with the run's last event.</summary>
    public async IAsyncEnumerable<RunEvent> ReadAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var next = checked((int)after); ; next++)
        {
            RunEvent? runEvent;
            while (!TryGet(next, out runEvent, out var appended))
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

    /// <param name="appended">Completes with the next event; null where there will be none.</param>
    private bool TryGet(int index, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out RunEvent? runEvent, out Task? appended)
    {
        lock (_lock)
        {
            if (index < _events.Count)
            {
                runEvent = _events[index];
                appended = null;
                return true;
            }

            runEvent = null;
            appended = _ended ? null : (_appended ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            return false;
        }
    }
}
