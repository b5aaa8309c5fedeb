using Ensemble.Frontend.Options;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;

namespace Ensemble.Silo.Hosting;

/// <summary>What is logged, and how, where nobody says otherwise; <c>Logging:…</c> does.</summary>
internal static class LoggingDefaults
{
    private const string Format = "Logging:Console:FormatterName";

    private static readonly string[] Formats = [ConsoleFormatterNames.Simple, ConsoleFormatterNames.Json, ConsoleFormatterNames.Systemd];

    /// <exception cref="StartupException">The format of the console is none.</exception>
    public static void AddLoggingDefaults(this WebApplicationBuilder builder)
    {
        var format = builder.Configuration[Format] is { Length: > 0 } name ? name : ConsoleFormatterNames.Simple;
        if (!Formats.Contains(format, StringComparer.OrdinalIgnoreCase))
        {
            throw new StartupException(
                $"option {Format}: '{format}' is not valid. Use {string.Join(", ", Formats[..^1])} or {Formats[^1]}.");
        }

        // First in the list: every other source goes before it.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Settings(IsSimple(builder.Configuration)) });

        // The slim builder has chosen the simple format in code, which goes before its own configuration.
        builder.Services.PostConfigure<ConsoleLoggerOptions>(console => console.FormatterName = format);

        // Shown where a formatter shows scopes: Logging:Console:FormatterOptions:IncludeScopes.
        builder.Logging.Configure(
            static logging => logging.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);

        // Both report a failed start with a stack trace; the process says the same in one sentence.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.None);
        builder.Services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(LimitedLoggerFactory.Create));
    }

    /// <summary>Whether the console is written for people, not for programs.</summary>
    public static bool IsSimple(IConfiguration configuration) =>
        configuration[Format] is null or ""
        || string.Equals(configuration[Format], ConsoleFormatterNames.Simple, StringComparison.OrdinalIgnoreCase);

    private static Dictionary<string, string?> Settings(bool isSimple) => new()
    {
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        ["Logging:LogLevel:Orleans"] = "Warning",

        // Orleans tells it of each placement of a grain, several a run.
        ["Logging:LogLevel:Polly"] = "Warning",
        [Format] = ConsoleFormatterNames.Simple,
        ["Logging:Console:FormatterOptions:SingleLine"] = "true",
        ["Logging:Console:FormatterOptions:UseUtcTimestamp"] = "true",
        ["Logging:Console:FormatterOptions:TimestampFormat"] = isSimple ? "yyyy-MM-ddTHH:mm:ss.fffZ " : "yyyy-MM-ddTHH:mm:ss.fffZ",
    };
}
