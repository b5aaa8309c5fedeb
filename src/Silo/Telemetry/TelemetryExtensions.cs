using System.Diagnostics.Metrics;
using Ensemble.Frontend.Options;
using Ensemble.Gates;
using Ensemble.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Ensemble.Silo.Telemetry;

internal static class TelemetryExtensions
{
    /// <summary>Of a metric. What would be one more is counted in one that says so, <c>otel_metric_overflow</c>.</summary>
    public const int MaxSeries = 1000;

    /// <summary>Adds the product's instruments, and what reads them: <c>/metrics</c>, and a collector where one is named.</summary>
    public static IServiceCollection AddEnsembleTelemetry(this IServiceCollection services, FrontendOptions options)
    {
        services.TryAddSingleton(static provider => new RunInstruments(Meter(provider)));
        services.TryAddSingleton(static provider => new GateInstruments(Meter(provider)));
        services.TryAddSingleton(static provider => new StateInstruments(Meter(provider)));
        services.AddHostedService<StateMetrics>();
        var (isScraped, target) = (options.Management.Url is not null, options.Telemetry);
        services.TryAddSingleton(provider => new ManagementListener(
            options.Management,
            isScraped ? provider.GetRequiredService<MeterProvider>() : null,
            provider.GetRequiredService<ILogger<ManagementListener>>()));
        services.AddHostedService(static provider => provider.GetRequiredService<ManagementListener>());
        var telemetry = services.AddMetrics(TelemetrySources.Choose).AddOpenTelemetry().ConfigureResource(target.Describe);
        if (isScraped || target.Exports)
        {
            telemetry.WithMetrics(metrics => metrics.AddView(View).AddReaders(isScraped, target));
        }

        if (target.Exports)
        {
            telemetry.WithTracing(traces => traces
                .SetSampler(new ParentBasedSampler(new RequestSampler()))
                .AddAspNetCoreInstrumentation(RequestSpans.Configure)
                .AddSource(EnsembleTelemetry.Name, TelemetrySources.OrleansCalls)
                .AddOtlpExporter(exporter => target.SetEndpoint(exporter, "v1/traces")));
        }

        return services;
    }

    private static void AddReaders(this MeterProviderBuilder metrics, bool isScraped, TelemetryOptions target)
    {
        if (isScraped)
        {
            metrics.AddPrometheusExporter(static exporter =>
            {
                exporter.ScopeInfoEnabled = false;
                exporter.TargetInfoEnabled = false;
                exporter.ScrapeResponseCacheDurationMilliseconds = 0;
            });
        }

        if (target.Exports)
        {
            metrics.AddOtlpExporter(exporter => target.SetEndpoint(exporter, "v1/metrics"));
        }
    }

    private static MetricStreamConfiguration View(Instrument instrument) => new()
    {
        CardinalityLimit = MaxSeries,
        Description = string.IsNullOrEmpty(instrument.Description) ? instrument.Name : null,
        TagKeys = OrleansMetrics.KeepsLabels(instrument) ? null : [],
    };

    private static void Describe(this TelemetryOptions options, ResourceBuilder resource) => resource
        .AddService(
            "ensemble", serviceVersion: EnsembleTelemetry.Version, autoGenerateServiceInstanceId: options.Instance is null,
            serviceInstanceId: options.Instance)
        .AddAttributes([new("ensemble.process.role", options.Role)])

        // What the operator says in the environment goes before it.
        .AddEnvironmentVariableDetector();

    private static void SetEndpoint(this TelemetryOptions options, OtlpExporterOptions exporter, string path)
    {
        if (options.Protocol is { } protocol)
        {
            exporter.Protocol = protocol == TelemetryOptions.HttpProtocol ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        }

        if (options.Endpoint is { } endpoint)
        {
            // One that is set here is taken as it is, and over HTTP each signal has a path of its own.
            exporter.Endpoint = exporter.Protocol == OtlpExportProtocol.HttpProtobuf
                ? new Uri(new Uri(endpoint.AbsoluteUri.TrimEnd('/') + "/"), path)
                : endpoint;
        }
    }

    // The factory keeps one meter of a name.
    private static Meter Meter(IServiceProvider provider) =>
        provider.GetRequiredService<IMeterFactory>().Create(EnsembleTelemetry.Name, EnsembleTelemetry.Version);
}
