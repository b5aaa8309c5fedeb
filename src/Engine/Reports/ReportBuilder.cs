using Ensemble.Usage;

namespace Ensemble.Reports;

/// <summary>Makes a report of counts.</summary>
public sealed class ReportBuilder
{
    private const int Digits = 6;

    private static readonly long MaxMilliseconds = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    private readonly Dictionary<ReportKey, long> _counts;
    private readonly ILookup<string, ReportKey> _byMember;

    private ReportBuilder(ReportCounts counts)
    {
        _counts = counts.Totals.ToDictionary(static count => count.Key, static count => count.Value);
        _byMember = _counts.Keys.ToLookup(static key => key.Member, StringComparer.Ordinal);
    }

    /// <param name="counts">Of the hours in the range.</param>
    /// <param name="unit">Of the counts' periods.</param>
    public static PanelReport Build(
        string ensemble, DateTimeOffset from, DateTimeOffset to, UsageDimension unit, ReportCounts counts)
    {
        var builder = new ReportBuilder(counts);
        var members = builder.Members();
        var report = new PanelReport
        {
            Ensemble = ensemble,
            From = Hour(UsageTime.Floor(from.ToUnixTimeMilliseconds(), UsageTime.Hour)),
            To = Hour(UsageTime.Ceiling(to.ToUnixTimeMilliseconds(), UsageTime.Hour)),
            Verdict = "",
            Sentence = "",
            Runs = builder.Runs(),
            Agreement = builder.Agreement(unit, counts.Periods),
            EarlyStops = builder.EarlyStops(),
            Cost = builder.Cost(members),
            Latency = builder.Latency(),
            Feedback = builder.Feedback(),
            Members = members,
            Pairs = builder.Pairs(),
        };
        return PanelVerdicts.Judge(report);
    }

    // The last hour of the year 9999 ends after the largest date.
    private static DateTime Hour(long milliseconds) => milliseconds > MaxMilliseconds
        ? DateTime.MaxValue
        : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime;

    private static double? Mean(long millionths, long count) =>
        count == 0 ? null : Math.Round(millionths / 1_000_000.0 / count, Digits);

    private static double? Ratio(double? part, double? whole) =>
        part is { } known && whole is > 0 and var all ? Math.Round(known / all, Digits) : null;

    private static long? Ms(TimeSpan? time) => time is { } known ? (long)known.TotalMilliseconds : null;

    private long Of(ReportMeasure measure, string member = "", string other = "") =>
        _counts.GetValueOrDefault(new ReportKey(measure, member, other));

    private TimeSpan? Percentile(ReportMeasure measure, string member, int percent) => TimeBuckets.Percentile(
        _byMember[member].Where(key => key.Measure == measure).Select(key => (key.Place, _counts[key])), percent);

    private decimal? PerAnswer(string member) => Of(ReportMeasure.PricedAnswers, member) is > 0 and var answers
        ? decimal.Round(NanoDollars.Read(Of(ReportMeasure.AnswerNanoUsd, member)) / answers, 12)
        : null;

    private decimal? PerRun() => Of(ReportMeasure.Priced) is > 0 and var runs
        ? decimal.Round(NanoDollars.Read(Of(ReportMeasure.NanoUsd)) / runs, 12)
        : null;

    private RunFigures Runs()
    {
        var (all, completed, cancelled) = (Of(ReportMeasure.Runs), Of(ReportMeasure.Completed), Of(ReportMeasure.Cancelled));
        return new RunFigures(
            all, completed, cancelled, all - completed - cancelled, Share.From(Of(ReportMeasure.Degraded), all),
            Of(ReportMeasure.Compared), Of(ReportMeasure.Decided), Of(ReportMeasure.Replays), Of(ReportMeasure.Older));
    }

    private AgreementFigures Agreement(UsageDimension unit, IReadOnlyList<ReportPeriod> periods) => new(
        Mean(Of(ReportMeasure.AgreementMillionths), Of(ReportMeasure.Agreed)),
        Of(ReportMeasure.Agreed),
        SnakeCase.Of(unit),
        [.. periods.Select(static period => new AgreementPoint(
            period.Start.UtcDateTime, period.Runs, Mean(period.AgreementMillionths, period.Agreed)))]);

    private EarlyStopFigures EarlyStops() => new(
        Share.From(Of(ReportMeasure.EarlyStops), Of(ReportMeasure.Runs)),
        Of(ReportMeasure.SavedCalls),
        Of(ReportMeasure.SavedTokens),
        NanoDollars.Read(Of(ReportMeasure.SavedNanoUsd)));

    private CostFigures Cost(IReadOnlyList<MemberReport> members)
    {
        var priced = members.Where(static member => member.PerAnswerUsd is not null)
            .OrderBy(static member => member.PerAnswerUsd).ToArray();
        return new CostFigures(
            PerRun(), NanoDollars.Read(Of(ReportMeasure.NanoUsd)), Of(ReportMeasure.Priced),
            priced is [] ? null : Single(priced[0]),
            priced is [] ? null : Single(priced[^1]));
    }

    private SingleFigures Single(MemberReport member) => new(
        member.Member,
        member.PerAnswerUsd!.Value,
        Ratio((double?)PerRun(), (double?)member.PerAnswerUsd),
        member.P50Ms,
        member.P95Ms,
        Ratio(Ms(Percentile(ReportMeasure.Time, "", 50)), member.P50Ms));

    private LatencyFigures Latency() => new(
        Of(ReportMeasure.Completed), Ms(Percentile(ReportMeasure.Time, "", 50)), Ms(Percentile(ReportMeasure.Time, "", 95)));

    private FeedbackFigures Feedback()
    {
        var count = Of(ReportMeasure.Feedback);
        return new FeedbackFigures(
            count, Share.From(Of(ReportMeasure.FeedbackRight), count), Mean(Of(ReportMeasure.FeedbackScoreMillionths), count));
    }

    private List<MemberReport> Members() =>
        [.. _byMember.Select(static member => member.Key).Where(member => Of(ReportMeasure.Asked, member) > 0)
            .Order(StringComparer.Ordinal).Select(Member)];

    private MemberReport Member(string member) => new()
    {
        Member = member,
        Asked = Of(ReportMeasure.Asked, member),
        Usable = Of(ReportMeasure.Usable, member),
        Missing = [.. _byMember[member].Where(static key => key.Measure == ReportMeasure.Missing)
            .Select(key => new MissingFigures(key.Other, _counts[key]))
            .OrderByDescending(static missing => missing.Count).ThenBy(static missing => missing.Reason, StringComparer.Ordinal)],
        Won = Share.From(Of(ReportMeasure.Won, member), Of(ReportMeasure.DecidedAnswers, member)),
        Alone = Share.From(Of(ReportMeasure.Alone, member), Of(ReportMeasure.Answers, member)),
        Decisive = Share.From(Of(ReportMeasure.Decisive, member), Of(ReportMeasure.Voted, member)),
        PerAnswerUsd = PerAnswer(member),
        CostShare = Ratio(Of(ReportMeasure.MemberNanoUsd, member), Of(ReportMeasure.NanoUsd)),
        WaitingShare = Ratio(Of(ReportMeasure.WaitedMs, member), Of(ReportMeasure.PanelMs)),
        LastBeforeQuorum = Of(ReportMeasure.LastBeforeQuorum, member),
        Straggler = Of(ReportMeasure.Straggler, member),
        P50Ms = Ms(Percentile(ReportMeasure.AnswerTime, member, 50)),
        P95Ms = Ms(Percentile(ReportMeasure.AnswerTime, member, 95)),
        RightWith = Share.From(Of(ReportMeasure.FeedbackWithRight, member), Of(ReportMeasure.FeedbackWith, member)),
        RightAgainst = Share.From(Of(ReportMeasure.FeedbackAgainstRight, member), Of(ReportMeasure.FeedbackAgainst, member)),
    };

    private List<PairAgreement> Pairs() =>
        [.. _counts.Keys.Where(static key => key.Measure == ReportMeasure.PairCompared).Order(ReportKey.Order)
            .Select(key => new PairAgreement(
                key.Member, key.Other, new Share(Of(ReportMeasure.PairAgreed, key.Member, key.Other), _counts[key])))];
}
