using System.Diagnostics;

namespace Ensemble.Load.Failures;

/// <summary>Makes figures of what callers, stub and nodes have recorded.</summary>
internal sealed class CaseAnalysis(FailureCase happened, FailureCluster cluster, long repairedAt)
{
    /// <summary>What came earlier was slow, since processes had just begun.</summary>
    private const double UsualSince = 6;

    private const double StoredWithin = 0.5;

    private static readonly string[] Phases = ["no call yet", "panel", "judge asked, no token yet", "in mid-answer", "judge done"];

    private readonly IReadOnlyList<RequestRecord> _records = cluster.Load.Records;
    private readonly IReadOnlyList<StubCall> _calls = cluster.Stub.Calls;

    private long StruckAt => cluster.StruckAt;

    public CaseFigures Analyse()
    {
        var usual = UsualSeconds();
        var failed = _records.Where(record => record.Outcome != RequestOutcome.Answered).ToList();
        var withVictim = happened.LosesVictimsRequests ? failed.Where(record => record.Frontend == cluster.Victim).ToList() : [];
        var others = failed.Except(withVictim).ToList();
        var repeated = Repeated().ToHashSet();
        var disturbed = _records.Except(withVictim)
            .Where(record => record.EndedAt > StruckAt && (record.Outcome != RequestOutcome.Answered || Seconds(record.SentAt, record.EndedAt) > usual || repeated.Contains(record.Number)))
            .Select(record => Seconds(StruckAt, record.EndedAt))
            .Order()
            .ToList();
        var capped = _calls.Where(call => call.Model == Cast.Capped).OrderBy(call => call.Arrived).ToList();
        return new CaseFigures
        {
            Case = happened,
            Sent = _records.Count,
            Lost = others.Count(record => record.Outcome != RequestOutcome.Broken && !IsRefused(record)),
            Refused = others.Count(IsRefused),
            Broken = others.Count(record => record.Outcome == RequestOutcome.Broken),
            WithVictim = withVictim.Count,
            PanelTwice = Twice(isJudge: false),
            JudgeTwice = Twice(isJudge: true),
            StoredTwice = StoredTwice(),
            UsualP95 = P95(record => record.EndedAt < StruckAt && Seconds(record.SentAt, StruckAt) < UsualSince),
            P95Meanwhile = P95(record => record.SentAt >= StruckAt && record.SentAt < repairedAt),
            Notes = [.. cluster.Notes],
            MostInMinute = MostInMinute(capped),
            MostAtOnce = MostAtOnce(capped),
            Usage = UsageFigures.Of(_calls, [.. cluster.Load.Rehearsed, .. _records], cluster.Nodes),
            Repaired = Seconds(StruckAt, repairedAt),
            UsualSeconds = usual,
            Disturbed = disturbed.Count,
            FirstDisturbed = disturbed.Count > 0 ? disturbed[0] : null,
            LastDisturbed = disturbed.Count > 0 ? disturbed[^1] : null,
            Phases = ByPhase(),
            Errors = [.. failed.GroupBy(Describe, StringComparer.Ordinal).Select(group => (group.Key, group.Count())).OrderByDescending(group => group.Item2)],
            Warnings = NodeLogs.Warnings(cluster.Nodes),
            LongEnds = [.. cluster.LongAnswers.Select(LongEnd)],
        };
    }

    private bool IsRefused(RequestRecord record) => happened.MayRefuse && record.Outcome == RequestOutcome.Refused;

    private string Describe(RequestRecord record)
    {
        var kind = record.Outcome == RequestOutcome.Broken ? "broken" : IsRefused(record) ? "refused" : "lost";
        var at = record.SentAt > StruckAt ? "sent after it" : record.EndedAt < StruckAt ? "before it" : "in flight";
        var where = happened.LosesVictimsRequests && record.Frontend == cluster.Victim ? ", of the victim" : "";
        return $"{kind} ({(record.Streamed ? "streamed" : "whole")}, {at}{where}): {record.Error ?? "no answer"}";
    }

    /// <summary>A single slow answer of a machine that has other work is no disturbance.</summary>
    private double UsualSeconds()
    {
        var before = _records.Where(record => record.EndedAt < StruckAt && Seconds(record.SentAt, StruckAt) < UsualSince && record.Outcome == RequestOutcome.Answered)
            .Select(record => Seconds(record.SentAt, record.EndedAt)).Order().ToList();
        return before.Count < 20
            ? throw new LoadException($"{happened.Name}: only {before.Count} requests were answered before anything happened. {_records.FirstOrDefault(record => record.Error is not null)?.Error}")
            : 1.5 * before[(int)(before.Count * 0.95)];
    }

    private IEnumerable<int> Repeated() => Marked.GroupBy(call => (call.Request, call.Model)).Where(group => group.Count() > 1).Select(group => group.Key.Request);

    /// <summary>Those of the load.</summary>
    private IEnumerable<StubCall> Marked => _calls.Where(call => call.Request >= 0);

    /// <summary>Answers of the panel that ended so long before that they were stored, and were asked for again.</summary>
    private int StoredTwice() => Marked.Where(call => !call.IsJudge && call.IsWhole && call.Ended < StruckAt && Seconds(call.Ended, StruckAt) > StoredWithin)
        .Count(call => Marked.Any(other => other.Request == call.Request && other.Model == call.Model && other.Arrived > StruckAt));

    private double? P95(Func<RequestRecord, bool> which)
    {
        var times = _records.Where(record => which(record) && record.Outcome == RequestOutcome.Answered).Select(record => Seconds(record.SentAt, record.EndedAt)).Order().ToList();
        return times.Count < 20 ? null : times[(int)(times.Count * 0.95)];
    }

    private int Twice(bool isJudge) =>
        Marked.Where(call => call.IsJudge == isJudge).GroupBy(call => (call.Request, call.Model)).Sum(group => group.Count() - 1);

    private static int MostInMinute(List<StubCall> calls)
    {
        var (most, first) = (0, 0);
        for (var last = 0; last < calls.Count; last++)
        {
            while (Seconds(calls[first].Arrived, calls[last].Arrived) >= 60)
            {
                first++;
            }

            most = Math.Max(most, last - first + 1);
        }

        return most;
    }

    private static int MostAtOnce(List<StubCall> calls) => calls.Select(call => calls.Count(other => other.IsInFlightAt(call.Arrived))).DefaultIfEmpty().Max();

    private double LongEnd(int number) =>
        _calls.FirstOrDefault(call => call.Request == number) is { Ended: > 0 } call ? Seconds(StruckAt, call.Ended) : double.PositiveInfinity;

    private List<PhaseFigures> ByPhase()
    {
        if (cluster.Victim is not { } victim || !cluster.Silos.Contains(victim))
        {
            return [];
        }

        var silosOf = NodeLogs.Runs(cluster.Silos);
        var callsOf = _calls.ToLookup(call => call.Request);
        return
        [
            .. _records.Where(record => record.IsInFlightAt(StruckAt) && record.Run is { } run && silosOf[run].Contains(victim))
                .GroupBy(record => (Phase: Phase([.. callsOf[record.Number].Where(call => call.Arrived <= StruckAt)]), record.Streamed))
                .OrderBy(group => group.Key.Phase).ThenBy(group => group.Key.Streamed)
                .Select(group => new PhaseFigures(
                    Phases[group.Key.Phase],
                    group.Key.Streamed,
                    group.Count(),
                    group.Count(record => record.Outcome == RequestOutcome.Answered),
                    group.Count(record => record.Outcome is RequestOutcome.Lost or RequestOutcome.Pending),
                    group.Count(record => record.Outcome == RequestOutcome.Broken),
                    group.Max(record => Seconds(StruckAt, record.EndedAt)))),
        ];
    }

    private int Phase(List<StubCall> calls) => calls.Find(call => call.IsJudge) switch
    {
        null => calls.Count == 0 ? 0 : 1,
        { Began: 0 } => 2,
        { } judge when judge.Began > StruckAt => 2,
        { IsWhole: true } judge when judge.Ended <= StruckAt => 4,
        _ => 3,
    };

    private static double Seconds(long from, long to) => (to - from) / (double)Stopwatch.Frequency;
}
