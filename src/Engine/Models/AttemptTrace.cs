using System.Diagnostics;
using Ensemble.Catalog;
using Ensemble.Telemetry;
using Ensemble.Upstreams;

namespace Ensemble.Models;

/// <summary>The span of one HTTP exchange with a provider, and what spans of calls share.</summary>
internal static class AttemptTrace
{
    /// <summary>Below the span of its sub-call, which is the current one.</summary>
    /// <param name="number">From 1.</param>
    public static Activity? Start(ModelConfig model, int number)
    {
        if (!EnsembleTelemetry.Activities.HasListeners())
        {
            return null;
        }

        var activity = EnsembleTelemetry.Activities.StartActivity("attempt", ActivityKind.Client);
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag(TelemetryTags.Attempt, number);
            activity.SetTag(TelemetryTags.Provider, Provider(model.Provider));
            activity.SetTag(TelemetryTags.ProviderModel, model.Model);
            activity.SetTag("server.address", model.BaseUrl?.IdnHost);
            activity.SetTag("server.port", model.BaseUrl?.Port);
        }

        return activity;
    }

    public static void End(Activity? activity, UpstreamResult result)
    {
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag("http.response.status_code", result.Error?.Status);
            Close(activity, result.Outcome);
        }
    }

    /// <summary>A call that the gateway stopped is no error.</summary>
    public static void Close(Activity activity, CallOutcome outcome)
    {
        var word = SnakeCase.Of(outcome);
        activity.SetTag(TelemetryTags.Outcome, word);
        if (outcome is not (CallOutcome.Ok or CallOutcome.Cancelled))
        {
            activity.SetTag(TelemetryTags.Error, word);
            activity.SetStatus(ActivityStatusCode.Error, word);
        }
    }

    public static string Provider(ProviderKind provider) => provider switch
    {
        ProviderKind.AzureOpenAi => "azure.ai.openai",
        ProviderKind.Anthropic => "anthropic",
        ProviderKind.Simulated => "simulated",
        _ => "openai",
    };
}
