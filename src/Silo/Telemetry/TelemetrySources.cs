using Ensemble.Telemetry;
using Microsoft.Extensions.Diagnostics.Metrics;

namespace Ensemble.Silo.Telemetry;

/// <summary>What is measured and traced in a process of this product.</summary>
internal static class TelemetrySources
{
    /// <summary>Calls between the nodes of a cluster: without them a trace would end at the frontend.</summary>
    public const string OrleansCalls = "Microsoft.Orleans.Application";

    /// <summary>
    /// Meters of the product, of its HTTP and connections, of the cluster, and of the runtime: those of this host and those that no host
    /// owns, but none of another host in this process, as the one that serves the metrics is.
    /// </summary>
    public static void Choose(IMetricsBuilder metrics)
    {
        foreach (var meter in (string[])
            [EnsembleTelemetry.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime"])
        {
            metrics.EnableMetrics(meter);
        }

        foreach (var instrument in OrleansMetrics.Read)
        {
            metrics.EnableMetrics(OrleansMetrics.Meter, instrument);
        }
    }
}
