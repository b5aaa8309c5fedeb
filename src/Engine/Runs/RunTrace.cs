using System.Diagnostics;
using Ensemble.Models;
using Ensemble.Telemetry;
using Ensemble.Usage;

namespace Ensemble.Runs;

/// <summary>The spans of a run. None holds text of a prompt, of an answer, or of a provider's error, which may repeat either.</summary>
internal static class RunTrace
{
    private static ActivitySource Source => EnsembleTelemetry.Activities;

    /// <param name="parent">Where the run was started: that may be another thread, or another machine.</param>
    public static Activity? StartRun(RunRequest request, string strategy, ActivityContext parent)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var activity = Source.StartActivity($"run {request.Chat.Model}", ActivityKind.Internal, parent);
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag(TelemetryTags.Ensemble, request.Chat.Model);
            activity.SetTag(TelemetryTags.Strategy, strategy);
            activity.SetTag(TelemetryTags.Run, request.Id.Value);
            activity.SetTag(TelemetryTags.Incarnation, request.Incarnation);
        }

        return activity;
    }

    public static void End(Activity? activity, RunManifest ended)
    {
        if (activity is not { IsAllDataRequested: true })
        {
            activity?.Stop();
            return;
        }

        activity.SetTag(TelemetryTags.Outcome, ended.Outcome);
        activity.SetTag(TelemetryTags.Agreement, ended.Agreement);
        activity.SetTag(TelemetryTags.Usable, ended.Panel?.Usable);
        activity.SetTag(TelemetryTags.Closed, ended.Panel?.ClosedBecause);
        activity.SetTag(TelemetryTags.InputTokens, ended.Usage.Reported.PromptTokens + ended.Usage.EstimatedPromptTokens);
        activity.SetTag(TelemetryTags.OutputTokens, ended.Usage.Reported.CompletionTokens + ended.Usage.EstimatedCompletionTokens);
        activity.SetTag(TelemetryTags.CachedTokens, ended.Usage.Reported.CachedTokens);
        activity.SetTag(TelemetryTags.CacheWriteTokens, ended.Usage.Reported.CacheWriteTokens);
        activity.SetTag(TelemetryTags.ReasoningTokens, ended.Usage.Reported.ReasoningTokens);
        activity.SetTag(TelemetryTags.Cost, (double?)ended.Usage.CostUsd);
        if (ended.Degraded.Count > 0)
        {
            activity.SetTag(TelemetryTags.Degraded, ended.Degraded.ToArray());
        }

        if (ended.Failure is not null)
        {
            activity.SetTag(TelemetryTags.Error, ended.Outcome);
            activity.SetStatus(ActivityStatusCode.Error, ended.Outcome);
        }

        activity.Stop();
    }

    /// <param name="run">The run's own span: sub-calls are side by side below it, whichever step made them.</param>
    public static Activity? StartCall(SubCall subCall, Activity? run)
    {
        if (run is null)
        {
            return null;
        }

        var operation = TelemetryTags.OperationOf(subCall.Call.Inputs is not null);
        var activity = Source.StartActivity($"{operation} {subCall.Call.Model.DisplayName}", ActivityKind.Client, run.Context);
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag(TelemetryTags.Operation, operation);
            activity.SetTag(TelemetryTags.Provider, AttemptTrace.Provider(subCall.Call.Model.Provider));
            activity.SetTag(TelemetryTags.Model, subCall.Call.Model.DisplayName);
            activity.SetTag(TelemetryTags.Role, SnakeCase.Of(subCall.Role));
            activity.SetTag(TelemetryTags.Step, SnakeCase.Of(subCall.Key.Step));
            activity.SetTag(TelemetryTags.Member, subCall.Key.Member);
            activity.SetTag(TelemetryTags.Sample, subCall.Key.Sample);
        }

        return activity;
    }

    public static void End(Activity? activity, ModelCallResult result, UsageEvent usage)
    {
        if (activity is not { IsAllDataRequested: true })
        {
            return;
        }

        activity.SetTag(TelemetryTags.Attempts, result.Attempts);
        activity.SetTag(TelemetryTags.InputTokens, usage.PromptTokens);
        activity.SetTag(TelemetryTags.OutputTokens, usage.CompletionTokens);
        activity.SetTag(TelemetryTags.CachedTokens, usage.CachedTokens);
        activity.SetTag(TelemetryTags.CacheWriteTokens, usage.CacheWriteTokens);
        activity.SetTag(TelemetryTags.ReasoningTokens, usage.ReasoningTokens);
        activity.SetTag(TelemetryTags.Cost, (double?)usage.CostUsd);
        if (result.Answer is { } answer)
        {
            activity.SetTag(TelemetryTags.FinishReasons, new[] { answer.FinishReason });
        }

        AttemptTrace.Close(activity, result.Outcome);
    }
}
