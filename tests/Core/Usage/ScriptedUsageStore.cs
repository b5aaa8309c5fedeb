using System.Threading.Channels;
using Ensemble.Usage;

namespace Ensemble.Core.Tests.Usage;

/// <summary>A store that is there or away, as a test says.</summary>
internal sealed class ScriptedUsageStore : IUsageStore
{
    private readonly Channel<UsageBatch> _attempts = Channel.CreateUnbounded<UsageBatch>();
    private readonly List<UsageBatch> _written = [];

    /// <summary>Null where it is there; else what it says.</summary>
    public volatile Exception? Away;

    /// <summary>What a write waits for; nothing at first.</summary>
    public volatile Task Hold = Task.CompletedTask;

    public IReadOnlyList<UsageBatch> Written
    {
        get
        {
            lock (_written)
            {
                return [.. _written];
            }
        }
    }

    public IEnumerable<int> WrittenMembers => Written.SelectMany(batch => batch.SubCalls).Select(usage => usage.Key.Member);

    /// <summary>Waits for the next attempt to write, which may fail yet.</summary>
    public async Task<UsageBatch> NextAttemptAsync() => await _attempts.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public async Task WriteAsync(UsageBatch batch, CancellationToken cancellationToken)
    {
        var (away, hold) = (Away, Hold);
        _attempts.Writer.TryWrite(batch);
        await hold.WaitAsync(cancellationToken);
        if (away is not null)
        {
            throw away;
        }

        lock (_written)
        {
            _written.Add(batch);
        }
    }
}
