using Ensemble.Runs;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Ensemble.Grains.Calls;

/// <summary>
/// Calls to grains that are asked again where the cluster did not answer: each has a deadline of its own, and asking twice changes nothing.
/// A silo that died is found out, and its grains are elsewhere, well within <see cref="RetryTimeout"/>.
/// </summary>
public sealed class ClusterCalls
{
    /// <summary>How long a call is repeated.</summary>
    public static readonly TimeSpan RetryTimeout = TimeSpan.FromSeconds(20);

    private readonly ResiliencePipeline _repeat;

    public ClusterCalls(TimeProvider time)
    {
        Time = time;
        _repeat = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddTimeout(RetryTimeout)
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = static arguments => new(arguments.Outcome.Exception is { } exception && IsTransient(exception)),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromMilliseconds(100),
                MaxDelay = TimeSpan.FromSeconds(1),
            })
            .Build();
    }

    public TimeProvider Time { get; }

    /// <returns>Whether the exception says that the cluster did not answer, and not what the answer was.</returns>
    public static bool IsTransient(Exception exception) => exception switch
    {
        WrappedException => false,

        // A silo cancels what it was doing for a call when the silo that it asked is gone.
        OrleansException or TimeoutException or EnumerationAbortedException or OperationCanceledException => true,
        _ => false,
    };

    /// <exception cref="ClusterUnavailableException">No answer came in <see cref="RetryTimeout"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before an answer came.</exception>
    public async ValueTask<T> AskAsync<TState, T>(Func<TState, ValueTask<T>> call, TState state, CancellationToken cancellationToken)
    {
        try
        {
            return await call(state);
        }
        catch (Exception exception) when (IsTransient(exception))
        {
            cancellationToken.ThrowIfCancellationRequested();
            return await RepeatAsync(call, state, exception, cancellationToken);
        }
    }

    private async Task<T> RepeatAsync<TState, T>(
        Func<TState, ValueTask<T>> call, TState state, Exception first, CancellationToken cancellationToken)
    {
        try
        {
            return await _repeat.ExecuteAsync(
                static async (asked, token) => await asked.Call(asked.State).AsTask().WaitAsync(token), (Call: call, State: state),
                cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutRejectedException || IsTransient(exception))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new ClusterUnavailableException(
                $"The cluster has not answered for {RetryTimeout.TotalSeconds:f0} s: {first.Message}", first);
        }
    }
}
