using System.Diagnostics.Metrics;
using Ensemble.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Ensemble.Frontend.Telemetry;

/// <summary>Sends metrics and traces to a collector of OpenTelemetry, where one is named.</summary>
internal sealed class OtlpExport(TelemetryOptions options) : IHostedLifecycleService, IDisposable
{
    private OpenTelemetrySdk? _sdk;

    /// <summary>Before anything else starts: what goes up and down is counted from its beginning.</summary>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        if (options.Exports)
        {
            _sdk = OpenTelemetrySdk.Create(Configure);
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Sends what waits.</summary>
    public void Dispose()
    {
        _sdk?.Dispose();
        _sdk = null;
    }

    private void Configure(IOpenTelemetryBuilder telemetry)
    {
        telemetry.ConfigureResource(resource => resource
            .AddService(
                "ensemble", serviceVersion: EnsembleTelemetry.Version, autoGenerateServiceInstanceId: options.Instance is null,
                serviceInstanceId: options.Instance)
            .AddAttributes([new("ensemble.process.role", options.Role)])

            // What the operator says in the environment goes before it.
            .AddEnvironmentVariableDetector());
        telemetry.WithMetrics(metrics => metrics
            .AddMeter([.. TelemetrySources.Meters])
            .AddView(View)
            .AddOtlpExporter(exporter => SetEndpoint(exporter, "v1/metrics")));
        telemetry.WithTracing(traces => traces
            .SetSampler(new ParentBasedSampler(new RequestSampler()))
            .AddSource([.. TelemetrySources.Activities])
            .AddOtlpExporter(exporter => SetEndpoint(exporter, "v1/traces")));
    }

    private static MetricStreamConfiguration? View(Instrument instrument) =>
        !OrleansMetrics.Includes(instrument) ? MetricStreamConfiguration.Drop
        : OrleansMetrics.KeepsLabels(instrument) ? null
        : new MetricStreamConfiguration { TagKeys = [] };

    private void SetEndpoint(OtlpExporterOptions exporter, string path)
    {
        if (options.Protocol is { } protocol)
        {
            exporter.Protocol = protocol == TelemetrySources.HttpProtocol ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
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
