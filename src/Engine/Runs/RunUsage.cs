using System.Globalization;
using Ensemble.Chat;
using Ensemble.Models;
using Ensemble.Usage;
using Microsoft.Extensions.Logging;

namespace Ensemble.Runs;

/// <summary>
/// What the sub-calls of a run took: each is a line of its manifest, settles what was reserved for it, and is one usage event. Thread-safe.
/// </summary>
internal sealed partial class RunUsage(RunRequest request, RunBudget budget, IUsageSink usage, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly List<SubCallManifest> _subCalls = new(8);

    /// <summary>Those that have ended, in the order in which they did.</summary>
    public IReadOnlyList<SubCallManifest> SubCalls
    {
        get
        {
            lock (_lock)
            {
                return [.. _subCalls];
            }
        }
    }

    public UsageTotals Totals()
    {
        var reported = TokenUsage.None;
        var (estimatedPrompt, estimatedCompletion) = (0L, 0L);
        decimal? cost = 0;
        foreach (var subCall in SubCalls)
        {
            // The run that is replayed has paid for its panel.
            if (request.Replay is not null && subCall.Usage.Key.Step == SubCallStep.Candidate)
            {
                continue;
            }

            cost += subCall.Usage.CostUsd;
            if (subCall.Reported is { } tokens)
            {
                reported += tokens;
            }
            else
            {
                estimatedPrompt += subCall.Usage.PromptTokens ?? 0;
                estimatedCompletion += subCall.Usage.CompletionTokens ?? 0;
            }
        }

        return new UsageTotals
        {
            Reported = reported,
            EstimatedPromptTokens = estimatedPrompt,
            EstimatedCompletionTokens = estimatedCompletion,
            CostUsd = cost,
        };
    }

    /// <param name="isRemembered">Whether another incarnation, or the run that is replayed, made the call and has accounted for it.</param>
    public UsageEvent Record(SubCall subCall, ModelCallResult result, bool isRemembered)
    {
        var reading = SubCallMeter.Read(subCall.Call, result);
        var usageEvent = new UsageEvent
        {
            Run = request.Id,
            Incarnation = request.Incarnation,
            Ensemble = request.Chat.Model,
            Caller = request.Caller,
            Role = subCall.Role,
            Key = subCall.Key,
            Model = subCall.Call.Model.DisplayName,
            Outcome = result.Outcome,
            Attempts = result.Attempts,
            StartedAt = result.StartedAt,
            FirstToken = result.FirstToken,
            Total = result.Total,
            PromptTokens = reading.PromptTokens,
            CompletionTokens = reading.CompletionTokens,
            CachedTokens = result.Usage?.CachedTokens,
            CacheWriteTokens = result.Usage?.CacheWriteTokens,
            ReasoningTokens = result.Usage?.ReasoningTokens,
            Source = reading.Source,
            CostUsd = reading.CostUsd,
        };
        var entry = new SubCallManifest(usageEvent)
        {
            Reported = result.Usage,
            IsRemembered = isRemembered,
            Prompt = subCall.Prompt,
            Seed = MemberEdits.SeedOf(subCall.Call),
            DroppedParameters = result.DroppedParameters,
            Error = result.Error?.Message,
        };
        lock (_lock)
        {
            _subCalls.Add(entry);
        }

        if (subCall.Reservation is { } reservation)
        {
            budget.Settle(
                reservation, reading.PromptTokens + reading.CompletionTokens ?? (reading.CostUsd == 0 ? 0 : null), reading.CostUsd);
        }

        if (!isRemembered)
        {
            usage.Append(usageEvent);
            if (FailedLevel(result.Outcome) is { } level)
            {
                var (outcome, milliseconds) = (SnakeCase.Of(result.Outcome), (long)result.Total.TotalMilliseconds);
                var status = result.Error?.Status?.ToString(CultureInfo.InvariantCulture) ?? "none";
                LogFailed(logger, level, request.Id.Value, usageEvent.Model, outcome, status, result.Attempts, milliseconds);
            }
        }

        return usageEvent;
    }
}
