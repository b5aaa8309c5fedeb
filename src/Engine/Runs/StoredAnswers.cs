using Ensemble.Catalog.Secrets;
using Ensemble.Models;
using Ensemble.Telemetry;
using Microsoft.Extensions.Logging;

namespace Ensemble.Runs;

/// <summary>
/// Keeps the finished answers of runs where the next incarnation finds them, if the machine of this one dies: encrypted, one insert an
/// answer, and no run waits for it. Without a master key nothing is stored, and the answers are in the run's own memory alone.
/// </summary>
public sealed partial class StoredAnswers(IRunStore store, SecretSealer? sealer, TimeProvider time, ILogger<StoredAnswers> logger)
{
    /// <summary>How long an answer is kept: longer than a run and the time within which it is repeated.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(20);

    /// <summary>How long the start of an incarnation waits for what is stored.</summary>
    public static readonly TimeSpan LoadTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Inserts under way at most; one more is not made, and its answer would be asked for again.</summary>
    public const int MaxPending = 256;

    private int _pending;

    /// <summary>A memory whose answers are stored.</summary>
    public SubCallCache Begin(RunId run) =>
        sealer is null ? new SubCallCache() : new SubCallCache((key, result) => Keep(sealer, run, key, result));

    /// <summary>The same, with what an earlier incarnation has stored. Never fails: what cannot be read is asked for again.</summary>
    public async Task<SubCallCache> ResumeAsync(RunId run)
    {
        var memory = Begin(run);
        if (sealer is null)
        {
            return memory;
        }

        using var limit = new CancellationTokenSource(LoadTimeout, time);
        try
        {
            foreach (var stored in await store.LoadAnswersAsync(run, time.GetUtcNow(), limit.Token))
            {
                if (sealer.TryOpen(stored.Payload.Span, Audience(run, stored.Key), out var json) && AnswerPayload.Read(json) is { } result)
                {
                    memory.Restore(stored.Key, result);
                }
            }
        }
        catch (Exception exception)
        {
            LogNotLoaded(logger, exception, run.Value);
        }

        return memory;
    }

    private static string Audience(RunId run, SubCallKey key) => $"run-answer:{run.Value}:{key}";

    private void Keep(SecretSealer with, RunId run, SubCallKey key, ModelCallResult result)
    {
        if (Interlocked.Increment(ref _pending) > MaxPending)
        {
            Interlocked.Decrement(ref _pending);
            return;
        }

        _ = Task.Run(() => SaveAsync(with, run, key, result));
    }

    private async Task SaveAsync(SecretSealer with, RunId run, SubCallKey key, ModelCallResult result)
    {
        try
        {
            var payload = with.Seal(AnswerPayload.Write(result), Audience(run, key));
            if (payload.Length <= StoredAnswer.MaxPayloadBytes)
            {
                var now = time.GetUtcNow();
                await store.SaveAnswerAsync(run, new StoredAnswer(key, payload), now + Lifetime, now, CancellationToken.None);
            }
        }
        catch (Exception exception)
        {
            LogNotSaved(logger, exception, run.Value);
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
        }
    }

    [LoggerMessage(
        EventId = EventIds.AnswersNotLoaded, EventName = nameof(EventIds.AnswersNotLoaded), Level = LogLevel.Warning,
        Message = "The stored answers of run {RunId} could not be read; the models are asked again. Check the database.")]
    private static partial void LogNotLoaded(ILogger logger, Exception exception, string runId);

    [LoggerMessage(
        EventId = EventIds.AnswerNotStored, EventName = nameof(EventIds.AnswerNotStored), Level = LogLevel.Debug,
        Message = "An answer of run {RunId} could not be stored; it would be asked for again.")]
    private static partial void LogNotSaved(ILogger logger, Exception exception, string runId);
}
