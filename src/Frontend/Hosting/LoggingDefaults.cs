using Microsoft.Extensions.Logging.Console;

namespace Ensemble.Frontend.Hosting;

/// <summary>What is logged where nobody says otherwise; <c>Logging:LogLevel</c> does.</summary>
internal static class LoggingDefaults
{
    public static void AddEnsembleDefaults(this ILoggingBuilder logging)
    {
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.ColorBehavior = LoggerColorBehavior.Default;
        });
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

        // Both report a failed start with a stack trace; the process says the same in one sentence.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.None);
    }
}
