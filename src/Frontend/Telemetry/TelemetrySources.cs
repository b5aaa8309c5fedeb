using Ensemble.Telemetry;

namespace Ensemble.Frontend.Telemetry;

/// <summary>What is measured and traced in a process of this product.</summary>
internal static class TelemetrySources
{
    public const string Grpc = "grpc";

    public const string HttpProtocol = "http/protobuf";

    /// <summary>Of the product, of its HTTP and connections, of the cluster, and of the runtime.</summary>
    public static readonly IReadOnlyList<string> Meters =
    [
        EnsembleTelemetry.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", OrleansMetrics.Meter,
        "System.Runtime",
    ];

    /// <summary>
    /// Of the product, of its HTTP, and of calls between the nodes of a cluster: without these a trace would end at the frontend.
    /// </summary>
    public static readonly IReadOnlyList<string> Activities =
        [EnsembleTelemetry.Name, "Microsoft.AspNetCore", "Microsoft.Orleans.Application"];
}
