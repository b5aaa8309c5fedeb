using System.ComponentModel.DataAnnotations;

namespace Ensemble.Frontend.Options;

/// <summary>Where metrics and traces are sent.</summary>
public sealed record TelemetryOptions : IValidatableObject
{
    internal const string Grpc = "grpc";

    internal const string HttpProtocol = "http/protobuf";

    /// <summary>A collector's address; null = what <c>OTEL_EXPORTER_OTLP_…</c> says.</summary>
    [ConfigurationKeyName("Telemetry:OtlpEndpoint")]
    public string? Collector { get; init; }

    /// <summary><see cref="Collector"/>, where it is an address.</summary>
    public Uri? Endpoint =>
        Uri.TryCreate(Collector, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : null;

    /// <summary>Whether anything is sent: an endpoint is named, here or in the environment.</summary>
    public bool Exports { get; init; }

    /// <summary><c>grpc</c> or <c>http/protobuf</c>. Default what <c>OTEL_EXPORTER_OTLP_PROTOCOL</c> says, else <c>grpc</c>.</summary>
    [ConfigurationKeyName("Telemetry:OtlpProtocol"), AllowedValues(Grpc, HttpProtocol)]
    public string? Protocol { get; init; }

    /// <summary>Whether providers are told which trace a call is of. Default false.</summary>
    [ConfigurationKeyName("Telemetry:PropagateToProviders")]
    public bool PropagatesToProviders { get; init; }

    /// <summary>What this process does: <c>gateway</c>, <c>all</c>, <c>silo</c>, <c>frontend</c>.</summary>
    public string Role { get; init; } = "gateway";

    /// <summary>Names this process among those of its role; null = a name that no other process has.</summary>
    public string? Instance { get; init; }

    /// <summary>What attributes cannot say.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Collector is null || Endpoint is not null ? []
    : [
        new ValidationResult(
            $"'{Collector}' is not a collector's address. Give http://HOST:4317, or with Telemetry:OtlpProtocol "
            + $"{HttpProtocol} http://HOST:4318.",
            [nameof(Collector)]),
    ];
}
