namespace Ensemble.Testing;

/// <summary>Wakes those who wait for a state to change. Used under the lock that guards the state.</summary>
internal sealed class ChangeSignal
{
    private TaskCompletionSource? _next;

    /// <summary>Completes at the next <see cref="Pulse"/>.</summary>
    public Task Next
    {
        get
        {
            _next ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _next.Task;
        }
    }

    public void Pulse()
    {
        _next?.TrySetResult();
        _next = null;
    }
}
