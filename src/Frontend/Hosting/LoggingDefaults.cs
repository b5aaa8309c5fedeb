using Microsoft.Extensions.Configuration.Memory;

namespace Ensemble.Frontend.Hosting;

/// <summary>What is logged, and how, where nobody says otherwise; <c>Logging:…</c> does.</summary>
internal static class LoggingDefaults
{
    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        ["Logging:Console:FormatterName"] = "simple",
        ["Logging:Console:FormatterOptions:SingleLine"] = "true",
        ["Logging:Console:FormatterOptions:UseUtcTimestamp"] = "true",
        ["Logging:Console:FormatterOptions:TimestampFormat"] = "yyyy-MM-ddTHH:mm:ss.fffZ ",
    };

    public static void AddEnsembleDefaults(this WebApplicationBuilder builder)
    {
        // First in the list: every other source goes before it.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Settings });

        // Shown where a formatter shows scopes: Logging:Console:FormatterOptions:IncludeScopes.
        builder.Logging.Configure(static logging => logging.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);

        // Both report a failed start with a stack trace; the process says the same in one sentence.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.None);
    }
}
