using Ensemble.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Ensemble.Frontend.Telemetry;

/// <summary>Sends metrics and traces to a collector of OpenTelemetry, where one is named.</summary>
internal sealed class OtlpExport(TelemetryOptions options) : IHostedService, IDisposable
{
    private OpenTelemetrySdk? _sdk;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Exports)
        {
            _sdk = OpenTelemetrySdk.Create(Configure);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Sends what waits.</summary>
    public void Dispose()
    {
        _sdk?.Dispose();
        _sdk = null;
    }

    private void Configure(IOpenTelemetryBuilder telemetry)
    {
        telemetry.ConfigureResource(resource => resource
            .AddService("ensemble", serviceVersion: EnsembleTelemetry.Version, autoGenerateServiceInstanceId: options.Instance is null, serviceInstanceId: options.Instance)
            .AddAttributes([new("ensemble.process.role", options.Role)])

            // What the operator says in the environment goes before it.
            .AddEnvironmentVariableDetector());
        telemetry.WithMetrics(metrics => metrics.AddMeter([.. Sources.Meters]).AddOtlpExporter(exporter => Aim(exporter, "v1/metrics")));
        telemetry.WithTracing(traces => traces
            .SetSampler(new ParentBasedSampler(new RequestSampler()))
            .AddSource([.. Sources.Activities])
            .AddOtlpExporter(exporter => Aim(exporter, "v1/traces")));
    }

    private void Aim(OtlpExporterOptions exporter, string path)
    {
        if (options.Protocol is { } protocol)
        {
            exporter.Protocol = protocol == Sources.HttpProtocol ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        }

        if (options.Endpoint is { } endpoint)
        {
            // One that is set here is taken as it is, and over HTTP each signal has a path of its own.
            exporter.Endpoint = exporter.Protocol == OtlpExportProtocol.HttpProtobuf
                ? new Uri(new Uri(endpoint.AbsoluteUri.TrimEnd('/') + "/"), path)
                : endpoint;
        }
    }
}
