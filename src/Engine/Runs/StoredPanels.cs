using System.Collections.Concurrent;
using Ensemble.Catalog.Secrets;
using Ensemble.Telemetry;
using Microsoft.Extensions.Logging;

namespace Ensemble.Runs;

/// <summary>
/// Stores the requests and panel answers of ended runs for replays, and with captured content their other calls and answers: encrypted,
/// with one write a run that no run waits for. If the store is unavailable or too slow, the run can be neither replayed nor shown; nothing
/// else is lost.
/// </summary>
/// <param name="retention">How long each is kept.</param>
public sealed partial class StoredPanels(
    IPanelStore store, SecretSealer sealer, TimeSpan retention, TimeProvider time, ILogger<StoredPanels> logger) : IAsyncDisposable
{
    /// <summary>What waits to be written at most, in bytes; a run beyond it is not kept.</summary>
    public const long MaxPendingBytes = 64L * 1024 * 1024;

    /// <summary>How long a write may take.</summary>
    public static readonly TimeSpan SaveTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long after a run's end its write, which another process makes, is waited for.</summary>
    public static readonly TimeSpan WriteGrace = TimeSpan.FromSeconds(2);

    /// <summary>How long a stop waits for writes.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>What a run costs besides its texts.</summary>
    private const int Overhead = 4096;

    private readonly ConcurrentDictionary<RunId, Task> _pending = new();
    private long _pendingBytes;

    /// <summary>How long each is kept.</summary>
    public TimeSpan Retention => retention;

    /// <param name="endedAt">When the run ended; null = long ago.</param>
    /// <returns>Null where nothing is kept of the run, or another master key sealed it.</returns>
    public async Task<StoredPanel?> FindAsync(RunId run, DateTimeOffset? endedAt, CancellationToken cancellationToken)
    {
        if (_pending.TryGetValue(run, out var saving))
        {
            await saving.WaitAsync(cancellationToken);
        }

        for (var waited = TimeSpan.Zero; ; waited += PollInterval)
        {
            var now = time.GetUtcNow();
            if (await store.FindAsync(run, now, cancellationToken) is { } payload)
            {
                return sealer.TryOpen(payload, Audience(run), out var json) ? StoredPanel.Read(json) : null;
            }

            if (endedAt is not { } end || now - end >= WriteGrace || waited >= WriteGrace)
            {
                return null;
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    /// <summary>Returns at once, and never fails.</summary>
    internal void Keep(RunId run, StoredPanel panel)
    {
        var kept = Shortened(panel);
        var size = kept.Size + Overhead;
        if (Interlocked.Add(ref _pendingBytes, size) > MaxPendingBytes)
        {
            Interlocked.Add(ref _pendingBytes, -size);
            LogTooManyPending(logger, run.Value);
            return;
        }

        var saved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[run] = saved.Task;
        _ = Task.Run(async () =>
        {
            await SaveAsync(run, kept);
            Interlocked.Add(ref _pendingBytes, -size);
            _pending.TryRemove(KeyValuePair.Create(run, saved.Task));
            saved.SetResult();
        });
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Task.WhenAll(_pending.Values).WaitAsync(StopTimeout, time);
        }
        catch (TimeoutException)
        {
            // They are lost, as they would be where the process ends otherwise.
        }
    }

    private static string Audience(RunId run) => $"run-panel:{run.Value}";

    // If the whole is too large, a replay is still possible without the content.
    private static StoredPanel Shortened(StoredPanel panel) => panel.Size <= IPanelStore.MaxPayloadBytes ? panel
        : panel.Content is not null ? Shortened(panel.WithoutContent())
        : StoredPanel.TooLarge;

    private byte[] Seal(RunId run, StoredPanel panel) => sealer.Seal(panel.Write(), Audience(run));

    private async Task SaveAsync(RunId run, StoredPanel panel)
    {
        using var limit = new CancellationTokenSource(SaveTimeout, time);
        try
        {
            var payload = Seal(run, panel);
            if (payload.Length > IPanelStore.MaxPayloadBytes && panel.Content is not null)
            {
                payload = Seal(run, panel.WithoutContent());
            }

            if (payload.Length > IPanelStore.MaxPayloadBytes)
            {
                payload = Seal(run, StoredPanel.TooLarge);
            }

            await store.SaveAsync(run, payload, time.GetUtcNow() + retention, limit.Token);
        }
        catch (Exception exception)
        {
            LogNotSaved(logger, exception, run.Value);
        }
    }

    [LoggerMessage(
        EventId = EventIds.PanelNotStored, EventName = nameof(EventIds.PanelNotStored), Level = LogLevel.Warning,
        Message = "The panel answers of run {RunId} could not be stored; it cannot be replayed. Check the database.")]
    private static partial void LogNotSaved(ILogger logger, Exception exception, string runId);

    [LoggerMessage(
        EventId = EventIds.PanelDropped, EventName = nameof(EventIds.PanelDropped), Level = LogLevel.Warning,
        Message = "The panel answers of run {RunId} are not stored, since too much waits for the store; it cannot be replayed. Check "
            + "that the database keeps up.")]
    private static partial void LogTooManyPending(ILogger logger, string runId);
}
