using Ensemble.Grains.Calls;
using Ensemble.Testing;

namespace Ensemble.Cluster.Tests.Calls;

/// <summary>A call to a grain that did not answer.</summary>
public sealed class ClusterCallsTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Ask_NoAnswerAndTheCallerHasLeft_IsCancelledAndNotAskedAgain()
    {
        var calls = new ClusterCalls(_time);
        using var caller = new CancellationTokenSource();
        var asked = 0;

        await Should.ThrowAsync<OperationCanceledException>(async () => await calls.AskAsync<int, int>(
            async _ =>
            {
                asked++;
                await caller.CancelAsync();
                throw new TimeoutException("Response did not arrive on time.");
            },
            0,
            caller.Token));

        asked.ShouldBe(1);
    }

    [Fact]
    public async Task Ask_CallerLeavesWhileItIsRepeated_IsCancelled()
    {
        var calls = new ClusterCalls(_time);
        using var caller = new CancellationTokenSource();
        var repeated = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = 0;
        var answer = calls.AskAsync<int, int>(
            async _ =>
            {
                if (++asked > 1)
                {
                    repeated.TrySetResult();
                    await new TaskCompletionSource().Task.WaitAsync(TestContext.Current.CancellationToken);
                }

                throw new TimeoutException("Response did not arrive on time.");
            },
            0,
            caller.Token).AsTask();
        await Eventually.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(100));
                return repeated.Task.IsCompleted;
            },
            TestContext.Current.CancellationToken);

        await caller.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => answer);
    }

    [Fact]
    public async Task Ask_NoAnswerOnce_IsAskedAgain()
    {
        var calls = new ClusterCalls(TimeProvider.System);
        var asked = 0;

        var answer = await calls.AskAsync(
            _ => ++asked == 1 ? throw new TimeoutException() : ValueTask.FromResult(asked), 0, TestContext.Current.CancellationToken);

        answer.ShouldBe(2);
    }
}
