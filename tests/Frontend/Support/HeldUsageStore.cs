using Ensemble.Usage;

namespace Ensemble.Frontend.Tests.Support;

/// <summary>Keeps nothing until it is told that it may.</summary>
internal sealed class HeldUsageStore : IUsageStore
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => _released.SetResult();

    public Task WriteAsync(UsageBatch batch, CancellationToken cancellationToken) => _released.Task.WaitAsync(cancellationToken);
}
