using System.Diagnostics.Metrics;
using Ensemble.Frontend.Hosting;
using Ensemble.Frontend.Management;
using Ensemble.Gates;
using Ensemble.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Ensemble.Frontend.Telemetry;

internal static class TelemetryExtensions
{
    /// <summary>Adds the product's instruments, and their readers: <c>/metrics</c>, and a collector where one is named.</summary>
    public static IServiceCollection AddEnsembleTelemetry(this IServiceCollection services)
    {
        services.TryAddSingleton(static provider => new RunInstruments(Meter(provider)));
        services.TryAddSingleton(static provider => new GateInstruments(Meter(provider)));
        services.TryAddSingleton(static provider => new StateInstruments(Meter(provider)));
        services.TryAddSingleton(static provider => new ManagementListener(
            provider.GetRequiredService<FrontendOptions>().Management,
            () => new MetricStore(TelemetrySources.Meters, provider.GetRequiredService<IMeterFactory>()),
            provider.GetRequiredService<ILogger<ManagementListener>>()));
        services.AddHostedService<StateMetrics>();
        services.AddHostedService(static provider => provider.GetRequiredService<ManagementListener>());
        services.AddHostedService(static provider => new OtlpExport(provider.GetRequiredService<FrontendOptions>().Telemetry));
        return services;
    }

    // The factory keeps one meter of a name.
    private static Meter Meter(IServiceProvider provider) =>
        provider.GetRequiredService<IMeterFactory>().Create(EnsembleTelemetry.Name, EnsembleTelemetry.Version);
}
