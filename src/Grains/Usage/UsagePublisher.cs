using System.Security.Cryptography;
using System.Threading.Channels;
using Ensemble.Telemetry;
using Ensemble.Usage;
using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace Ensemble.Grains.Usage;

/// <summary>
/// Pushes what ends on this silo to the frontends that watch. Without one it does nothing. No run waits for it: what does not fit into its
/// queue is counted, and told.
/// </summary>
internal sealed partial class UsagePublisher : IUsageSink, ILifecycleParticipant<ISiloLifecycle>, IAsyncDisposable
{
    /// <summary>Sub-calls and runs that wait at most.</summary>
    public const int Capacity = 8192;

    private static readonly TimeSpan PublishTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    private readonly Channel<object> _queue = Channel.CreateBounded<object>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly Func<string, IAsyncObserver<UsageStreamBatch>> _find;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly UsageTargets _targets;
    private Task _publishing = Task.CompletedTask;
    private long _dropped;

    /// <param name="find">The stream with a key.</param>
    public UsagePublisher(Func<string, IAsyncObserver<UsageStreamBatch>> find, TimeProvider time, ILogger<UsagePublisher> logger)
    {
        _find = find;
        _time = time;
        _logger = logger;
        _targets = new UsageTargets(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), time);
    }

    public bool IsWatched => _targets.All.Length > 0;

    public bool PublishesTo(string stream) => Array.Exists(_targets.All, target => target.Stream == stream);

    /// <inheritdoc cref="UsageTargets.Renew"/>
    public string Watch(string stream) => _targets.Renew(stream);

    public void Leave(string stream) => _targets.Leave(stream);

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe<UsagePublisher>(
        ServiceLifecycleStage.Active,
        _ =>
        {
            Start();
            return Task.CompletedTask;
        },
        StopAsync);

    /// <summary>Begins to publish.</summary>
    public void Start() => _publishing = Task.Run(PublishAllAsync);

    /// <summary>Publishes what is queued, for at most 2 s.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        await _publishing.WaitAsync(StopTimeout, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Append(UsageEvent usage)
    {
        if (IsWatched)
        {
            Enqueue(UsageRow.Of(usage));
        }
    }

    public void Append(RunManifest ended)
    {
        if (IsWatched)
        {
            Enqueue(RunRecord.WithoutManifest(ended));
        }
    }

    public ValueTask DisposeAsync() => new(StopAsync(CancellationToken.None));

    private void Enqueue(object ended)
    {
        if (!_queue.Writer.TryWrite(ended))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    private async Task PublishAllAsync()
    {
        var batch = new List<object>(UsageStreams.MaxBatch);
        while (await _queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            await GatherAsync(batch);
            var dropped = Interlocked.Exchange(ref _dropped, 0);
            _targets.RemoveExpired();
            UsageRow[] calls = [.. batch.OfType<UsageRow>()];
            RunRecord[] runs = [.. batch.OfType<RunRecord>()];
            await Task.WhenAll(_targets.All.Select(target => PublishAsync(target, calls, runs, dropped)));
            batch.Clear();
        }
    }

    private async Task GatherAsync(List<object> batch)
    {
        var size = 0;
        var over = Task.Delay(UsageStreams.Gather, _time, CancellationToken.None);
        while (batch.Count < UsageStreams.MaxBatch && size < UsageStreams.FullBatchSize)
        {
            if (_queue.Reader.TryRead(out var next))
            {
                var nextSize = SizeOf(next);
                if (nextSize > UsageStreams.FullBatchSize)
                {
                    Interlocked.Increment(ref _dropped);
                    continue;
                }

                size += nextSize;
                batch.Add(next);
            }
            else if (over.IsCompleted || _queue.Reader.Completion.IsCompleted)
            {
                return;
            }
            else
            {
                await Task.WhenAny(over, _queue.Reader.WaitToReadAsync(CancellationToken.None).AsTask());
            }
        }
    }

    private async Task PublishAsync(UsageTarget target, UsageRow[] calls, RunRecord[] runs, long dropped)
    {
        target.Dropped += dropped;
        var news = new UsageStreamBatch
        {
            Source = target.Source,
            Number = ++target.Number,
            Calls = calls,
            Runs = runs,
            Dropped = target.Dropped,
        };
        try
        {
            await _find(target.Stream).OnNextAsync(news).WaitAsync(PublishTimeout, _time, CancellationToken.None);
            target.Dropped = 0;
        }
        catch (Exception exception)
        {
            // The number of the next one says that this one is missing.
            LogNotPublished(_logger, exception);
        }
    }

    private static int SizeOf(object ended) => ended switch
    {
        UsageRow call => 256 + 3 * (call.Ensemble.Length + call.Model.Length + (call.Caller?.Length ?? 0)),
        RunRecord run => 256 + 3 * (run.Ensemble.Length + (run.Caller?.Length ?? 0) + run.Degraded.Sum(static reason => reason.Length)),
        _ => 0,
    };

    [LoggerMessage(
        EventId = EventIds.UsageNotPublished, EventName = nameof(EventIds.UsageNotPublished), Level = LogLevel.Debug,
        Message = "Usage could not be sent to a frontend that watches it.")]
    private static partial void LogNotPublished(ILogger logger, Exception exception);
}
