using Ensemble.Usage;

namespace Ensemble.Frontend.Tests.Support;

/// <summary>Keeps nothing of what it holds until it is told that it may.</summary>
/// <param name="holds">Which batches it holds; all where absent.</param>
internal sealed class HeldUsageStore(Func<UsageBatch, bool>? holds = null) : IUsageStore
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<UsageBatch> _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The first batch that is held.</summary>
    public Task<UsageBatch> Asked => _asked.Task;

    public void Release() => _released.TrySetResult();

    public Task WriteAsync(UsageBatch batch, CancellationToken cancellationToken)
    {
        if (holds is not null && !holds(batch))
        {
            return Task.CompletedTask;
        }

        _asked.TrySetResult(batch);
        return _released.Task.WaitAsync(cancellationToken);
    }
}
