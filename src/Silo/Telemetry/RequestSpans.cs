using System.Globalization;
using Ensemble.Frontend.Http;
using OpenTelemetry.Instrumentation.AspNetCore;

namespace Ensemble.Silo.Telemetry;

/// <summary>Which requests leave a span, and what it says besides what every server says. Probes and pages leave none.</summary>
internal static class RequestSpans
{
    private const string Error = "error.type";

    public static void Configure(AspNetCoreTraceInstrumentationOptions options)
    {
        options.Filter = static context => context.Request.Path.StartsWithSegments("/v1", StringComparison.Ordinal)
            || context.Request.Path.StartsWithSegments("/admin", StringComparison.Ordinal);
        options.EnrichWithHttpResponse = static (activity, response) =>
        {
            if (response.Headers[HeaderNames.RunId] is [{ } run])
            {
                activity.SetTag("ensemble.run.id", run);
            }

            if (response.StatusCode >= StatusCodes.Status500InternalServerError)
            {
                activity.SetTag(Error, response.StatusCode.ToString(CultureInfo.InvariantCulture));
            }
        };

        // The only exception that leaves the pipeline is that of an answer that breaks off.
        options.EnrichWithException = static (activity, _) => activity.SetTag(Error, "broken_off");
    }
}
