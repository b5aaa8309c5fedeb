using Ensemble.Frontend.Options;
using Ensemble.Storage;

namespace Ensemble.Silo.Options;

/// <summary>Reads a frontend's options from the configuration.</summary>
internal static class FrontendConfiguration
{
    private static readonly string[] EndpointVariables =
        ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];

    /// <summary>Every option of a frontend.</summary>
    public static IReadOnlyList<OptionProperty> Options { get; } =
    [
        .. OptionProperty.Of(typeof(FrontendOptions)), .. OptionProperty.Of(typeof(StorageOptions)),
        .. OptionProperty.Of(typeof(TelemetryOptions)),
    ];

    /// <param name="problems">Takes what is wrong with them.</param>
    /// <returns>The options. They are of use only where no problem was found.</returns>
    public static FrontendOptions Read(IConfiguration configuration, List<string> problems)
    {
        problems.AddRange(ListenAddresses.Problems(configuration));
        var telemetry = OptionsBinder.Bind<TelemetryOptions>(configuration, problems);
        return OptionsBinder.Bind<FrontendOptions>(configuration, problems) with
        {
            Storage = OptionsBinder.Bind<StorageOptions>(configuration, problems),
            Telemetry = telemetry with
            {
                Exports = telemetry.Endpoint is not null
                    || Array.Exists(EndpointVariables, variable => !string.IsNullOrEmpty(configuration[variable])),
            },
        };
    }
}
