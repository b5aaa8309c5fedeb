using System.Threading.Channels;

namespace Ensemble.Evaluation.Running;

/// <summary>
/// Executes one replayed run, one step after the other, and lets its clock go on when nothing is left to do: the same answers at the same
/// recorded times give the same run, step by step.
/// </summary>
internal sealed class RunLoop : SynchronizationContext
{
    /// <summary>How long work is waited for that is under way elsewhere, and has not been seen.</summary>
    private static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(5);

    private readonly Channel<(SendOrPostCallback Callback, object? State)> _work =
        Channel.CreateUnbounded<(SendOrPostCallback, object?)>();

    private int _calls;

    public RunClock Clock { get; } = new();

    public override void Post(SendOrPostCallback d, object? state) => _work.Writer.TryWrite((d, state));

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("A replayed run waits for nothing but its own steps.");

    /// <summary>Has the clock stand still while a call is really made.</summary>
    public async Task<T> HoldAsync<T>(Func<ValueTask<T>> call)
    {
        _calls++;
        try
        {
            return await call();
        }
        finally
        {
            _calls--;
        }
    }

    public async Task RunAsync(Func<Task> body)
    {
        var task = default(Task);
        Post(_ => task = body(), null);
        while (true)
        {
            Execute();
            if (task!.IsCompleted)
            {
                await task;
                return;
            }

            if (_calls == 0 && Clock.CanAdvance)
            {
                Post(_ => Clock.Advance(), null);
                continue;
            }

            // A model answers, or a cancellation arrives, on another thread.
            if (!await HasWorkAsync() && _calls == 0)
            {
                Post(_ => Clock.Advance(), null);
            }
        }
    }

    private async Task<bool> HasWorkAsync()
    {
        if (_calls > 0)
        {
            return await _work.Reader.WaitToReadAsync();
        }

        try
        {
            return await _work.Reader.WaitToReadAsync().AsTask().WaitAsync(MaxSilence, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private void Execute()
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            while (_work.Reader.TryRead(out var next))
            {
                next.Callback(next.State);
            }
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
