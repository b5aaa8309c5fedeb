using Microsoft.Extensions.Logging;

namespace Ensemble.Telemetry;

/// <summary>
/// Limits log lines: of each kind <see cref="Burst"/> are written in <see cref="Window"/>, the others are counted, and their number is told
/// when that time is over. Holds <see cref="MaxKinds"/> kinds; further ones share one limit for each category. Thread-safe.
/// </summary>
public sealed class LogLimiter : IDisposable
{
    /// <summary>Lines of one kind that are written in one window.</summary>
    public const int Burst = 5;

    public const int MaxKinds = 1000;

    public static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly Dictionary<LogKind, Count> _counts = [];
    private readonly TimeProvider _time;
    private readonly Action<LogKind, long> _report;
    private readonly ITimer _timer;
    private bool _isArmed;

    /// <param name="tell">Writes how many lines of a kind were suppressed in the window that is over.</param>
    public LogLimiter(TimeProvider time, Action<LogKind, long> tell)
    {
        _time = time;
        _report = tell;
        _timer = time.CreateTimer(
            static state => ((LogLimiter)state!).ReportSuppressed(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <returns>Whether this line is to be written.</returns>
    public bool Admits(LogKind kind)
    {
        lock (_lock)
        {
            var count = Find(kind);
            if (count.Written < Burst)
            {
                count.Written++;
                return true;
            }

            count.Suppressed++;
            if (!_isArmed)
            {
                _isArmed = true;
                _timer.Change(Left(count), Timeout.InfiniteTimeSpan);
            }

            return false;
        }
    }

    /// <summary>Tells what has been suppressed so far.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        List<(LogKind Kind, long Suppressed)> told;
        lock (_lock)
        {
            told = [.. _counts.Where(static pair => pair.Value.Suppressed > 0).Select(static pair => (pair.Key, pair.Value.Suppressed))];
            _counts.Clear();
        }

        told.ForEach(entry => _report(entry.Kind, entry.Suppressed));
    }

    private Count Find(LogKind kind)
    {
        if (_counts.TryGetValue(kind, out var known))
        {
            // With suppressed lines the timer ends the window, so that their number is told.
            return known.Suppressed > 0 || Left(known) > TimeSpan.Zero ? known : _counts[kind] = new Count(_time.GetTimestamp());
        }

        if (_counts.Count >= MaxKinds)
        {
            RemoveExpired();
        }

        if (_counts.Count >= MaxKinds)
        {
            // One entry a category beyond the bound: the categories of a program are few.
            kind = new LogKind(kind.Category, kind.Level, "other");
            if (_counts.TryGetValue(kind, out known))
            {
                return known;
            }
        }

        return _counts[kind] = new Count(_time.GetTimestamp());
    }

    private void RemoveExpired()
    {
        foreach (var (kind, count) in _counts)
        {
            if (count.Suppressed == 0 && Left(count) <= TimeSpan.Zero)
            {
                _counts.Remove(kind);
            }
        }
    }

    private void ReportSuppressed()
    {
        var told = new List<(LogKind Kind, long Suppressed)>();
        lock (_lock)
        {
            var next = TimeSpan.MaxValue;
            foreach (var (kind, count) in _counts)
            {
                if (count.Suppressed == 0)
                {
                    continue;
                }

                var left = Left(count);
                if (left <= TimeSpan.Zero)
                {
                    told.Add((kind, count.Suppressed));
                    _counts.Remove(kind);
                }
                else if (left < next)
                {
                    next = left;
                }
            }

            _isArmed = next != TimeSpan.MaxValue;
            if (_isArmed)
            {
                _timer.Change(next, Timeout.InfiniteTimeSpan);
            }
        }

        told.ForEach(entry => _report(entry.Kind, entry.Suppressed));
    }

    private TimeSpan Left(Count count) => Window - _time.GetElapsedTime(count.Since);

    private sealed class Count(long since)
    {
        public long Since { get; } = since;

        public int Written { get; set; }

        public long Suppressed { get; set; }
    }
}

/// <summary>What log lines have in common that count as the same: each kind has a limit of its own.</summary>
/// <param name="Category">The logger that writes them.</param>
/// <param name="Level">How serious they are.</param>
/// <param name="Event">Name, or number, of the event.</param>
/// <param name="Subject">The model or ensemble that they are about; null = none.</param>
/// <param name="Exception">The type of the exception that they show; null = none.</param>
public readonly record struct LogKind(string Category, LogLevel Level, string Event, string? Subject = null, string? Exception = null);
