using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Ensemble.Runs;
using Ensemble.Telemetry;
using Ensemble.Usage;
using Microsoft.Extensions.Logging;

namespace Ensemble.Execution;

/// <summary>
/// Finds the run that a repeated request belongs to. With an idempotency key: the run that is under way or has ended, or the next
/// incarnation of one that failed. Without one: what the panel answered to a run that failed less than
/// <see cref="RunClaim.PanelRetention"/> ago, once.
/// </summary>
public sealed partial class RepeatedRequests(IRunStore store, IRunEngine engine, TimeProvider time, ILogger<RepeatedRequests> logger)
{
    /// <summary>How long the answer of a request with a key can be had again.</summary>
    public static readonly TimeSpan AnswerRetention = TimeSpan.FromMinutes(10);

    /// <summary>Characters that a key has at most.</summary>
    public const int MaxKeyLength = 255;

    /// <summary>How long a request without a key waits for the store.</summary>
    private static readonly TimeSpan StoreTimeout = TimeSpan.FromMilliseconds(250);

    /// <summary>How long the store is left alone after it failed.</summary>
    private static readonly TimeSpan StoreRetryDelay = TimeSpan.FromSeconds(5);

    /// <summary>Callers for whom a panel was kept here, and until when; "" stands for those without a key.</summary>
    private readonly ConcurrentDictionary<string, long> _failed = new(StringComparer.Ordinal);

    private long _storeRetryAt = long.MinValue;

    /// <param name="fresh">The request as one that nobody has made before.</param>
    /// <param name="key">The caller's idempotency key.</param>
    /// <param name="limits">How long the run may take.</param>
    /// <returns>What to execute or to join; null where the key belongs to another request.</returns>
    public async ValueTask<RunRequest?> ResolveAsync(RunRequest fresh, string key, RunLimits limits, CancellationToken cancellationToken)
    {
        var request = fresh with { IsKept = true };
        var now = time.GetUtcNow();
        var mine = new RunClaim(
            "key:" + Hash(fresh.Caller, key),
            fresh.Id,
            RequestHash(fresh),
            now + limits.FirstOutputTimeout + limits.MaxAnswer + AnswerRetention);
        var holder = await store.ClaimAsync(mine, now, cancellationToken);
        if (holder.Run == fresh.Id)
        {
            return request;
        }

        return holder.RequestHash.Span.SequenceEqual(mine.RequestHash.Span)
            ? await FollowAsync(request with { Id = holder.Run }, cancellationToken)
            : null;
    }

    /// <summary>
    /// For a request to an ensemble without a key. The store is asked only where the request may be a repeat: a client says so, or a run of
    /// this caller failed here within <see cref="RunClaim.PanelRetention"/>. A store that is away or slow is not waited for: the panel is
    /// asked again.
    /// </summary>
    /// <param name="isRepeat">Whether the client says that it has sent this before.</param>
    public async ValueTask<RunRequest> ResolveAsync(RunRequest fresh, bool isRepeat, CancellationToken cancellationToken)
    {
        if (StoreUnavailable || !(isRepeat || HasFailed(fresh.Caller)))
        {
            return fresh;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var timer = time.CreateTimer(
            static state => ((CancellationTokenSource)state!).Cancel(), limit, StoreTimeout, Timeout.InfiniteTimeSpan);
        try
        {
            return await store.TakeClaimAsync(PanelScope(fresh), time.GetUtcNow(), limit.Token) is { } claim
                ? fresh with { Id = claim.Run, Incarnation = BitConverter.ToInt32(claim.RequestHash.Span) }
                : fresh;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            StoreFailed(exception);
            return fresh;
        }
    }

    /// <summary>
    /// Passes a run's events on. Where it fails after usable answers, a way that repeating may cure, the panel is kept before the caller
    /// learns of it.
    /// </summary>
    public async IAsyncEnumerable<RunEvent> WithStoredPanelAsync(
        RunRequest request, IAsyncEnumerable<RunEvent> events, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (usable, incarnation) = (0, request.Incarnation);
        await foreach (var runEvent in events.WithCancellation(cancellationToken))
        {
            incarnation = Math.Max(incarnation, runEvent.Incarnation);
            if (runEvent is PanelClosed closed)
            {
                usable = closed.Usable;
            }
            else if (runEvent is RunFailed failed && usable > 0 && !request.IsKept && request.Replay is null && IsTransient(failed.Failure))
            {
                await KeepPanelAsync(request, incarnation);
            }

            yield return runEvent;
        }
    }

    private static bool IsTransient(RunFailure failure) =>
        !failure.IsPermanent && failure.Kind is RunFailureKind.JudgeFailed or RunFailureKind.JudgeTimeout
        or RunFailureKind.PanelBelowQuorum or RunFailureKind.DeadlineExceeded or RunFailureKind.PanelRateLimited
        or RunFailureKind.RunInterrupted;

    private static string PanelScope(RunRequest request) =>
        $"panel:{Hash(request.Caller, $"{request.CatalogRevision}:{Convert.ToHexStringLower(SHA256.HashData(request.Chat.Body.Span))}")}";

    private static byte[] RequestHash(RunRequest request)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(request.Chat.Body.Span);
        if (request.Replay is { } replay)
        {
            // The same body is replayed in many ways.
            hash.AppendData(Encoding.UTF8.GetBytes($"\n{replay.Of}\n{replay.Strategy}\n{replay.Judge}"));
        }

        return hash.GetHashAndReset();
    }

    private static string Hash(string? caller, string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{caller}\n{text}")));

    private bool HasFailed(string? caller) =>
        !_failed.IsEmpty && _failed.TryGetValue(caller ?? "", out var until) && time.GetTimestamp() <= until;

    private bool StoreUnavailable => time.GetTimestamp() < Volatile.Read(ref _storeRetryAt);

    private async ValueTask<RunRequest> FollowAsync(RunRequest request, CancellationToken cancellationToken)
    {
        var manifest = await engine.FindManifestAsync(request.Id, cancellationToken);
        return manifest switch
        {
            // Not there yet, or no more: it is begun, unless somebody else does so first.
            null => request,
            { Outcome: RunManifest.Running or RunManifest.Completed } => request with { Incarnation = manifest.Incarnation },
            _ => request with { Incarnation = manifest.Incarnation + 1 },
        };
    }

    private async ValueTask KeepPanelAsync(RunRequest request, int incarnation)
    {
        if (StoreUnavailable)
        {
            return;
        }

        // As many entries as there are keys in the catalog, at most.
        _failed[request.Caller ?? ""] = time.GetTimestamp() + (long)(RunClaim.PanelRetention.TotalSeconds * time.TimestampFrequency);

        using var limit = new CancellationTokenSource(StoreTimeout, time);
        var now = time.GetUtcNow();
        try
        {
            await store.ClaimAsync(
                new RunClaim(PanelScope(request), request.Id, BitConverter.GetBytes(incarnation + 1), now + RunClaim.PanelRetention),
                now,
                limit.Token);
        }
        catch (Exception exception)
        {
            StoreFailed(exception);
        }
    }

    private void StoreFailed(Exception exception)
    {
        Volatile.Write(ref _storeRetryAt, time.GetTimestamp() + (long)(StoreRetryDelay.TotalSeconds * time.TimestampFrequency));
        LogStoreUnavailable(logger, exception);
    }

    [LoggerMessage(
        EventId = EventIds.RepeatsUnknown, EventName = nameof(EventIds.RepeatsUnknown), Level = LogLevel.Warning,
        Message = "Repeated requests are not recognised while the store does not answer. Check the database.")]
    private static partial void LogStoreUnavailable(ILogger logger, Exception exception);
}
