using System.Diagnostics;
using System.Globalization;
using Ensemble.Frontend.Http;
using Ensemble.Telemetry;
using Microsoft.AspNetCore.Http.Features;

namespace Ensemble.Frontend.Telemetry;

/// <summary>Names the span of a request, which the server began, and says what it was answered. Probes and pages leave no trace.</summary>
internal sealed class RequestTrace(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (!EnsembleTelemetry.Activities.HasListeners()
            || context.Features.Get<IHttpActivityFeature>()?.Activity is not { IsAllDataRequested: true } activity)
        {
            return next(context);
        }

        if (context.Request.Path.StartsWithSegments("/v1", StringComparison.Ordinal)
            || context.Request.Path.StartsWithSegments("/admin", StringComparison.Ordinal))
        {
            return TraceAsync(context, activity);
        }

        activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        activity.IsAllDataRequested = false;
        return next(context);
    }

    private async Task TraceAsync(HttpContext context, Activity activity)
    {
        var failed = true;
        try
        {
            await next(context);
            failed = false;
        }
        finally
        {
            Describe(context, activity, failed);
        }
    }

    private static void Describe(HttpContext context, Activity activity, bool failed)
    {
        var (request, status) = (context.Request, context.Response.StatusCode);

        // Any word may stand for a method; those that HTTP knows are few.
        var method = HttpMethods.GetCanonicalizedValue(request.Method) is var known && Known(known) ? known : "_OTHER";
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        activity.DisplayName = route is null ? method : $"{method} {route}";
        activity.SetTag("http.request.method", method);
        activity.SetTag("http.route", route);
        activity.SetTag("url.scheme", request.Scheme);
        activity.SetTag("url.path", request.Path.Value);
        activity.SetTag("http.response.status_code", status);
        if (context.Response.Headers[HeaderNames.RunId] is [{ } run])
        {
            activity.SetTag("ensemble.run.id", run);
        }

        if (failed || status >= StatusCodes.Status500InternalServerError)
        {
            activity.SetTag("error.type", failed ? "broken_off" : status.ToString(CultureInfo.InvariantCulture));
            activity.SetStatus(ActivityStatusCode.Error);
        }
    }

    private static bool Known(string method) => HttpMethods.IsGet(method) || HttpMethods.IsPost(method) || HttpMethods.IsPut(method)
        || HttpMethods.IsDelete(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsPatch(method);
}
