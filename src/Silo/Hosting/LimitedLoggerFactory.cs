using Ensemble.Telemetry;
using Microsoft.Extensions.Options;

namespace Ensemble.Silo.Hosting;

/// <summary>
/// Makes loggers that write only so many lines of one kind in a minute: a caller who causes a warning with each request cannot fill a disk.
/// What is suppressed is counted, and told.
/// </summary>
internal sealed partial class LimitedLoggerFactory : ILoggerFactory
{
    private readonly ILoggerFactory _inner;
    private readonly LogLimiter _limiter;

    public LimitedLoggerFactory(ILoggerFactory inner, TimeProvider time)
    {
        _inner = inner;
        _limiter = new LogLimiter(time, WriteSuppressed);
    }

    /// <summary>As the host makes its own factory, with the limits around it.</summary>
    public static LimitedLoggerFactory Create(IServiceProvider provider) => new(
        new LoggerFactory(
            provider.GetServices<ILoggerProvider>(),
            provider.GetRequiredService<IOptionsMonitor<LoggerFilterOptions>>(),
            provider.GetRequiredService<IOptions<LoggerFactoryOptions>>(),
            provider.GetService<IExternalScopeProvider>()),
        provider.GetService<TimeProvider>() ?? TimeProvider.System);

    public ILogger CreateLogger(string categoryName) => new LimitedLogger(_inner.CreateLogger(categoryName), categoryName, _limiter);

    public void AddProvider(ILoggerProvider provider) => _inner.AddProvider(provider);

    public void Dispose()
    {
        _limiter.Dispose();
        _inner.Dispose();
    }

    private void WriteSuppressed(LogKind kind, long count)
    {
        var what = kind.Subject is null ? kind.Event : $"{kind.Event} of {kind.Subject}";
        var logger = _inner.CreateLogger(kind.Category);
        LogSuppressed(logger, kind.Level, what, count, (int)LogLimiter.Window.TotalSeconds);
    }

    [LoggerMessage(
        EventId = EventIds.Suppressed, EventName = nameof(EventIds.Suppressed),
        Message = "{What}: {Count} more in the last {Seconds} s.")]
    private static partial void LogSuppressed(ILogger logger, LogLevel level, string what, long count, int seconds);
}
