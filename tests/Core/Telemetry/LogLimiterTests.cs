using Ensemble.Telemetry;
using Ensemble.Testing;
using Microsoft.Extensions.Logging;

namespace Ensemble.Core.Tests.Telemetry;

public sealed class LogLimiterTests : IDisposable
{
    private static readonly LogKind Kind = new("Ensemble.Runs.Run", LogLevel.Warning, "RunFailed", "council");

    private readonly ManualTimeProvider _time = new();
    private readonly List<(LogKind Kind, long Suppressed)> _told = [];
    private readonly LogLimiter _limiter;

    public LogLimiterTests() => _limiter = new LogLimiter(_time, (kind, suppressed) => _told.Add((kind, suppressed)));

    [Fact]
    public void Admits_MoreThanTheBurst_SuppressesAndTellsTheirNumberWhenTheWindowIsOver()
    {
        Admitted(Kind, 100).ShouldBe(LogLimiter.Burst);

        _time.Advance(LogLimiter.Window - TimeSpan.FromMilliseconds(1));
        _told.ShouldBeEmpty();
        _time.Advance(TimeSpan.FromMilliseconds(1));

        _told.ShouldBe([(Kind, 100 - LogLimiter.Burst)]);
        Admitted(Kind, 100).ShouldBe(LogLimiter.Burst);
    }

    [Fact]
    public void Admits_NoMoreThanTheBurst_TellsNothingAndArmsNoTimer()
    {
        Admitted(Kind, LogLimiter.Burst).ShouldBe(LogLimiter.Burst);

        _time.PendingTimers.ShouldBe(0);
        _time.Advance(LogLimiter.Window);
        Admitted(Kind, LogLimiter.Burst).ShouldBe(LogLimiter.Burst);
        _told.ShouldBeEmpty();
    }

    [Fact]
    public void Admits_OtherKinds_HaveLimitsAndWindowsOfTheirOwn()
    {
        var other = Kind with { Subject = "other" };
        Admitted(Kind, 10).ShouldBe(LogLimiter.Burst);
        _time.Advance(LogLimiter.Window / 2);
        Admitted(other, 20).ShouldBe(LogLimiter.Burst);

        _time.Advance(LogLimiter.Window / 2);
        _told.ShouldBe([(Kind, 10 - LogLimiter.Burst)]);
        _time.Advance(LogLimiter.Window / 2);

        _told.ShouldBe([(Kind, 10 - LogLimiter.Burst), (other, 20 - LogLimiter.Burst)]);
        _time.PendingTimers.ShouldBe(0);
    }

    [Fact]
    public void Admits_MoreKindsThanItHolds_LimitsTheRestTogether()
    {
        var admitted = Enumerable.Range(0, 10 * LogLimiter.MaxKinds).Count(number => _limiter.Admits(Kind with { Subject = $"{number}" }));

        admitted.ShouldBe(LogLimiter.MaxKinds + LogLimiter.Burst);
        _time.Advance(LogLimiter.Window);
        _told.ShouldHaveSingleItem().Suppressed.ShouldBe((9 * LogLimiter.MaxKinds) - LogLimiter.Burst);
        _limiter.Admits(Kind with { Subject = "new" }).ShouldBeTrue();
    }

    [Fact]
    public void Dispose_SomeSuppressed_TellsThem()
    {
        Admitted(Kind, LogLimiter.Burst + 3).ShouldBe(LogLimiter.Burst);

        _limiter.Dispose();

        _told.ShouldBe([(Kind, 3)]);
    }

    public void Dispose() => _limiter.Dispose();

    private int Admitted(LogKind kind, int lines) => Enumerable.Range(0, lines).Count(_ => _limiter.Admits(kind));
}
