using System.Globalization;
using Ensemble.Telemetry;

namespace Ensemble.Silo.Hosting;

/// <summary>
/// Writes what the limiter admits: of this product Information and above, of its libraries Warning and above. The rest is not limited.
/// </summary>
internal sealed class LimitedLogger(ILogger inner, string category, LogLimiter limiter) : ILogger
{
    private const string ProductPrefix = "Ensemble.";

    /// <summary>Values of a line that tell one kind from another: names of the catalog, which no caller can make.</summary>
    private static readonly string[] Subjects = ["Model", "Ensemble"];

    private readonly LogLevel _from =
        category.StartsWith(ProductPrefix, StringComparison.Ordinal) ? LogLevel.Information : LogLevel.Warning;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (inner.IsEnabled(logLevel) && (logLevel < _from || limiter.Admits(Kind(logLevel, eventId, state, exception))))
        {
            inner.Log(logLevel, eventId, state, exception, formatter);
        }
    }

    private LogKind Kind<TState>(LogLevel level, EventId id, TState state, Exception? exception)
    {
        string? template = null, subject = null;
        foreach (var (key, value) in state as IReadOnlyList<KeyValuePair<string, object?>> ?? [])
        {
            if (key == "{OriginalFormat}")
            {
                template = value as string;
            }
            else if (subject is null && Subjects.Contains(key))
            {
                subject = value as string;
            }
        }

        var name = id.Name ?? template ?? id.Id.ToString(CultureInfo.InvariantCulture);
        return new LogKind(category, level, name, subject, exception?.GetType().FullName);
    }
}
