using Ensemble.Usage;

namespace Ensemble.Frontend.Tests.Support;

/// <summary>Keeps usage events, and wakes those who wait for them.</summary>
internal sealed class UsageRecorder : IUsageSink
{
    private readonly Lock _lock = new();
    private readonly List<UsageEvent> _events = [];
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<UsageEvent> Events
    {
        get
        {
            lock (_lock)
            {
                return [.. _events];
            }
        }
    }

    public void Append(UsageEvent usage)
    {
        TaskCompletionSource waiting;
        lock (_lock)
        {
            _events.Add(usage);
            (waiting, _next) = (_next, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        waiting.SetResult();
    }

    /// <summary>Completes once at least <paramref name="count"/> events are there.</summary>
    public async Task<IReadOnlyList<UsageEvent>> WaitAsync(int count)
    {
        while (true)
        {
            Task next;
            lock (_lock)
            {
                if (_events.Count >= count)
                {
                    return [.. _events];
                }

                next = _next.Task;
            }

            await next.WaitAsync(Now.Cancel);
        }
    }
}
