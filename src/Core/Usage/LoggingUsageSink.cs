using Microsoft.Extensions.Logging;

namespace Ensemble.Usage;

/// <summary>Writes each usage event as one structured log entry.</summary>
public sealed partial class LoggingUsageSink(ILogger<LoggingUsageSink> logger) : IUsageSink
{
    public void Append(UsageEvent usage)
    {
        if (logger.IsEnabled(LogLevel.Information))
        {
            LogSubCall(
                logger,
                usage.Run.Value,
                usage.Incarnation,
                usage.Ensemble,
                usage.Role,
                usage.Key.Step,
                usage.Key.Member,
                usage.Key.Sample,
                usage.Model,
                usage.Outcome,
                usage.Attempts,
                usage.FirstToken?.TotalMilliseconds,
                usage.Total.TotalMilliseconds,
                usage.PromptTokens,
                usage.CompletionTokens,
                usage.Source,
                usage.CostUsd);
        }
    }

    [LoggerMessage(
        EventId = 1,
        EventName = "SubCall",
        Level = LogLevel.Information,
        Message = "run {RunId}.{Incarnation} of {Ensemble}: {Role} {Step} {Member}/{Sample} {Model} {Outcome} after {Attempts} attempts, "
            + "first token {FirstTokenMs} ms, total {TotalMs} ms, {PromptTokens}+{CompletionTokens} tokens {Source}, {CostUsd} USD")]
    private static partial void LogSubCall(
        ILogger logger,
        string runId,
        int incarnation,
        string ensemble,
        Runs.SubCallRole role,
        Runs.SubCallStep step,
        int member,
        int sample,
        string model,
        Upstreams.CallOutcome outcome,
        int attempts,
        double? firstTokenMs,
        double totalMs,
        long? promptTokens,
        long? completionTokens,
        UsageSource source,
        decimal? costUsd);
}
