namespace Ensemble.Frontend.Telemetry;

/// <summary>Where metrics and traces are sent.</summary>
public sealed record TelemetryOptions
{
    /// <summary><c>Telemetry:OtlpEndpoint</c>: a collector's address; null = what <c>OTEL_EXPORTER_OTLP_…</c> says.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Whether anything is sent: an endpoint is named, here or in the environment.</summary>
    public bool Exports { get; init; }

    /// <summary>
    /// <c>Telemetry:OtlpProtocol</c>: <c>grpc</c> or <c>http/protobuf</c>. Default what <c>OTEL_EXPORTER_OTLP_PROTOCOL</c> says, else
    /// <c>grpc</c>.
    /// </summary>
    public string? Protocol { get; init; }

    /// <summary><c>Telemetry:PropagateToProviders</c>: whether providers are told which trace a call is of. Default false.</summary>
    public bool PropagatesToProviders { get; init; }

    /// <summary>What this process does: <c>gateway</c>, <c>all</c>, <c>silo</c>, <c>frontend</c>.</summary>
    public string Role { get; init; } = "gateway";

    /// <summary>Names this process among those of its role; null = a name that no other process has.</summary>
    public string? Instance { get; init; }
}
