using Ensemble.Upstreams;
using Ensemble.Votes;

namespace Ensemble.Usage;

/// <summary>What one run adds to its ensemble's report. Taken from its manifest alone, which holds no text.</summary>
public sealed class RunTally
{
    /// <summary>The panel in its manifest is that of the deciding rung, which does not show which member was waited for.</summary>
    private const string Cascade = "cascade";

    private const string Cancelled = "cancelled";

    private readonly RunManifest _run;
    private readonly List<ReportCount> _counts = new(64);

    private RunTally(RunManifest run) => _run = run;

    /// <returns>Nothing for a run of a single model, or of an older version.</returns>
    public static IReadOnlyList<ReportCount> Of(RunManifest ended)
    {
        if (ended.Members is null)
        {
            return [];
        }

        if (ended.ReplayOf is not null)
        {
            // A replay uses the answers of another run, which are counted there.
            return [new ReportCount(new ReportKey(ReportMeasure.Replays), 1)];
        }

        var tally = new RunTally(ended);
        tally.CountRun();
        var members = tally.CountCalls();
        tally.CountWaiting();
        tally.CountOpinions(members);
        return tally._counts;
    }

    /// <summary>Which members agreed with the answer.</summary>
    /// <returns>Empty where that is not known.</returns>
    public static IReadOnlyList<FeedbackSide> Sides(RunManifest ended) => ended.DecidingCluster is not { } deciding ? []
        : [.. ended.Candidates.Where(static candidate => candidate.Cluster is not null)
            .GroupBy(static candidate => candidate.Member)
            .Select(answers => new FeedbackSide(NameOf(ended, answers.Key), answers.Any(answer => answer.Cluster == deciding)))];

    private static string NameOf(RunManifest run, int member) =>
        run.Members is { } members && member >= 0 && member < members.Count
            ? members[member]
            : run.SubCalls.FirstOrDefault(call => IsAnswer(call.Usage) && call.Usage.Key.Member == member)?.Usage.Model ?? "";

    private static bool IsAnswer(UsageEvent call) => call is { Role: SubCallRole.Panel, Key.Step: SubCallStep.Candidate };

    private static long Milliseconds(TimeSpan time) => Math.Max(0, (long)time.TotalMilliseconds);

    private string NameOf(int member) => NameOf(_run, member);

    private void Add(ReportMeasure measure, long value, string member = "", string other = "", int place = 0)
    {
        if (value != 0)
        {
            _counts.Add(new ReportCount(new ReportKey(measure, member, other, place), Math.Min(value, UsageEvent.MaxSummed)));
        }
    }

    private void CountRun()
    {
        Add(ReportMeasure.Runs, 1);
        Add(ReportMeasure.Completed, _run.Outcome == RunManifest.Completed ? 1 : 0);
        Add(ReportMeasure.Cancelled, _run.Outcome == Cancelled ? 1 : 0);
        Add(ReportMeasure.Degraded, _run.Degraded.Count > 0 ? 1 : 0);
        if (_run.Agreement is { } agreement)
        {
            Add(ReportMeasure.Agreed, 1);
            Add(ReportMeasure.AgreementMillionths, (long)Math.Round(agreement * 1_000_000));
        }

        if (_run.Saved.Calls > 0)
        {
            Add(ReportMeasure.EarlyStops, 1);
            Add(ReportMeasure.SavedCalls, _run.Saved.Calls);
            Add(ReportMeasure.SavedTokens, Math.Max(0, _run.Saved.Tokens));
            Add(ReportMeasure.SavedNanoUsd, Math.Max(0, NanoDollars.Of(_run.Saved.CostUsd) ?? 0));
        }

        if (NanoDollars.Of(_run.Usage.CostUsd) is { } cost)
        {
            Add(ReportMeasure.Priced, 1);
            Add(ReportMeasure.NanoUsd, cost);
        }

        if (_run is { Outcome: RunManifest.Completed, Total: { } total })
        {
            Add(ReportMeasure.Time, 1, place: TimeBuckets.Of(total));
        }
    }

    /// <returns>The members that were asked.</returns>
    private List<int> CountCalls()
    {
        var asked = new List<int>();
        foreach (var calls in _run.SubCalls.Select(static call => call.Usage).Where(IsAnswer).GroupBy(static call => call.Key.Member))
        {
            var name = NameOf(calls.Key);
            asked.Add(calls.Key);
            Add(ReportMeasure.Asked, 1, name);
            if (calls.Any(static call => call.Outcome == CallOutcome.Ok))
            {
                Add(ReportMeasure.Usable, 1, name);
            }
            else
            {
                Add(ReportMeasure.Missing, 1, name, SnakeCase.Of(calls.Last().Outcome));
            }

            Add(ReportMeasure.Straggler, calls.Any(_run.IsStraggler) ? 1 : 0, name);
            if (_run.Usage.CostUsd is not null)
            {
                // A share of the cost of runs is a share of those whose cost is known.
                Add(ReportMeasure.MemberNanoUsd, calls.Sum(static call => NanoDollars.Of(call.CostUsd) ?? 0), name);
            }

            foreach (var call in calls.Where(static call => call.Outcome == CallOutcome.Ok))
            {
                Add(ReportMeasure.AnswerTime, 1, name, place: TimeBuckets.Of(call.Total));
                if (NanoDollars.Of(call.CostUsd) is { } cost)
                {
                    Add(ReportMeasure.PricedAnswers, 1, name);
                    Add(ReportMeasure.AnswerNanoUsd, cost, name);
                }
            }
        }

        return asked;
    }

    private void CountWaiting()
    {
        if (_run.Strategy == Cascade || _run.Panel is not { QuorumAfter: { } quorumAfter } panel)
        {
            return;
        }

        Add(ReportMeasure.PanelMs, Milliseconds(panel.ClosedAfter));
        var calls = _run.SubCalls.Select(static call => call.Usage).Where(IsAnswer)
            .OrderBy(static call => call.StartedAt + call.Total).ToArray();
        var answered = calls.Where(static call => call.Outcome == CallOutcome.Ok).ToArray();
        if (panel.Required >= 1 && panel.Required <= answered.Length)
        {
            Add(ReportMeasure.LastBeforeQuorum, 1, NameOf(answered[panel.Required - 1].Key.Member));
        }

        var stragglers = calls.Where(_run.IsStraggler).Select(static call => call.Key.Member).Distinct().ToArray();
        foreach (var member in stragglers)
        {
            Add(ReportMeasure.WaitedMs, Milliseconds((panel.ClosedAfter - quorumAfter) / stragglers.Length), NameOf(member));
        }

        // If all members were waited for, the time since the second-last answer was spent on the last member alone.
        var ended = calls.Where(static call => call.Outcome != CallOutcome.Cancelled).ToArray();
        if (stragglers.Length == 0 && ended.Length == calls.Length
            && ended is [.., var before, var last] && before.Key.Member != last.Key.Member)
        {
            var waited = last.StartedAt + last.Total - before.StartedAt - before.Total;
            Add(ReportMeasure.WaitedMs, Math.Min(Milliseconds(waited), Milliseconds(panel.ClosedAfter)), NameOf(last.Key.Member));
        }
    }

    private void CountOpinions(List<int> asked)
    {
        var compared = _run.Candidates.Where(static candidate => candidate.Cluster is not null).ToArray();
        if (compared.Select(static candidate => candidate.Member).Distinct().Count() < 2)
        {
            return;
        }

        Add(ReportMeasure.Compared, 1);
        Add(ReportMeasure.Decided, _run.DecidingCluster is null ? 0 : 1);
        foreach (var candidate in compared)
        {
            var name = NameOf(candidate.Member);
            var isShared = compared.Any(other => other.Member != candidate.Member && other.Cluster == candidate.Cluster);
            Add(ReportMeasure.Answers, 1, name);
            Add(ReportMeasure.Alone, isShared ? 0 : 1, name);
            if (_run.DecidingCluster is { } deciding)
            {
                Add(ReportMeasure.DecidedAnswers, 1, name);
                Add(ReportMeasure.Won, candidate.Cluster == deciding ? 1 : 0, name);
            }
        }

        foreach (var pair in CandidatePair.Of(_run))
        {
            var (first, second) = (NameOf(pair.Left.Member), NameOf(pair.Right.Member));
            (first, second) = string.CompareOrdinal(first, second) <= 0 ? (first, second) : (second, first);
            Add(ReportMeasure.PairCompared, 1, first, second);
            Add(ReportMeasure.PairAgreed, pair.Agree ? 1 : 0, first, second);
        }

        var all = Winner(static _ => true);
        foreach (var member in asked)
        {
            // A member that was not waited for did not delay the panel.
            Add(ReportMeasure.Voted, 1, NameOf(member));
            var isDecisive = all is not null && Winner(candidate => candidate.Member != member) is { } other && other != all;
            Add(ReportMeasure.Decisive, isDecisive ? 1 : 0, NameOf(member));
        }
    }

    /// <returns>Null if none of these has a vote.</returns>
    private int? Winner(Func<CandidateManifest, bool> votes) => Plurality.Decide(
        [.. _run.Candidates.Where(votes).Select(static candidate => new Ballot(candidate.Party, candidate.Weight))])?.Winner;
}
