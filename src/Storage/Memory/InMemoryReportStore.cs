using Ensemble.Usage;

namespace Ensemble.Storage.Memory;

/// <summary>Reports on the runs that a process keeps in memory, and feedback. Of feedback beyond its bound the oldest goes first.</summary>
/// <param name="maxFeedback">Statements that are kept at most. Default 4,096, as many as runs.</param>
public sealed class InMemoryReportStore(InMemoryUsageStore usage, int maxFeedback = 4096) : IReportStore
{
    private readonly Lock _lock = new();
    private readonly OrderedDictionary<(RunId Run, bool IsAdministrator, string? Caller), RunFeedback> _feedback = [];

    public Task<ReportCounts> ReadAsync(
        string ensemble, DateTimeOffset from, DateTimeOffset to, UsageDimension unit, CancellationToken cancellationToken)
    {
        var start = UsageTime.Floor(from.ToUnixTimeMilliseconds(), UsageTime.Hour);
        var end = UsageTime.Ceiling(to.ToUnixTimeMilliseconds(), UsageTime.Hour);
        var runs = usage.Runs.Where(run => run.Ensemble == ensemble && Holds(run.StartedAt)).ToArray();
        RunFeedback[] said;
        lock (_lock)
        {
            said = [.. _feedback.Values.Where(feedback => feedback.Ensemble == ensemble && Holds(feedback.StartedAt))];
        }

        var totals = runs.SelectMany(static run => run.Counts).Concat(said.SelectMany(static feedback => feedback.Counts()))
            .GroupBy(static count => count.Key, static count => count.Value)
            .Select(static group => new ReportCount(group.Key, group.Sum()));
        var length = unit == UsageDimension.Day ? UsageTime.Day : UsageTime.Hour;
        var periods = runs.GroupBy(run => UsageTime.Floor(run.StartedAt.ToUnixTimeMilliseconds(), length))
            .OrderBy(static group => group.Key)
            .Select(static group => new ReportPeriod(
                DateTimeOffset.FromUnixTimeMilliseconds(group.Key),
                Sum(group, ReportMeasure.Runs),
                Sum(group, ReportMeasure.Agreed),
                Sum(group, ReportMeasure.AgreementMillionths)))
            .Where(static period => period.Runs > 0);
        return Task.FromResult(new ReportCounts([.. totals], [.. periods]));

        bool Holds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() is var began && began >= start && began < end;
    }

    public Task SaveAsync(RunFeedback feedback, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _feedback[(feedback.Run, feedback.IsAdministrator, feedback.Caller)] = feedback with
            {
                Score = RunFeedback.ScoreOf(feedback.ScoreMillionths),
            };
            if (_feedback.Count > maxFeedback)
            {
                _feedback.RemoveAt(0);
            }
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<RunFeedback>> FindFeedbackAsync(RunId run, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<RunFeedback>>(
                [.. _feedback.Values.Where(feedback => feedback.Run == run).OrderByDescending(static feedback => feedback.At)
                    .Select(static feedback => feedback with { Sides = [] })]);
        }
    }

    private static long Sum(IEnumerable<RunRecord> runs, ReportMeasure measure) =>
        runs.SelectMany(static run => run.Counts).Where(count => count.Key.Measure == measure).Sum(static count => count.Value);
}
