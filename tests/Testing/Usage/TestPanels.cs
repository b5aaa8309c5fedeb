using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Testing;

/// <summary>Manifests of runs whose panel answered at once.</summary>
public static class TestPanels
{
    /// <param name="clusters">One a member: what it says; null = it did not answer in time.</param>
    /// <param name="deciding">What the run's answer says; null = that is not known.</param>
    /// <param name="weights">One a member; null = 1 each.</param>
    /// <param name="costs">One a member, in US dollars; null = a thousandth each.</param>
    public static RunManifest Run(int?[] clusters, int? deciding, double[]? weights = null, decimal[]? costs = null, DateTimeOffset? startedAt = null)
    {
        var run = RunId.New();
        var start = startedAt ?? TestUsage.Start;
        var names = Enumerable.Range(0, clusters.Length).Select(Name).ToArray();
        UsageEvent[] calls =
        [
            .. clusters.Select((cluster, member) => TestUsage.SubCall(run, member, cluster is null ? CallOutcome.TimedOut : CallOutcome.Ok) with
            {
                Model = names[member],
                StartedAt = start,
                Total = TimeSpan.FromMilliseconds(1000 * (member + 1)),
                CostUsd = costs?[member] ?? 0.001m,
            }),
        ];
        var answers = clusters.OfType<int>().ToArray();
        return TestUsage.Ended(run, calls) with
        {
            Strategy = "vote",
            StartedAt = start,
            Total = TimeSpan.FromMilliseconds(1000 * clusters.Length),
            Agreement = answers.Length < 2 ? null : (double)answers.GroupBy(static cluster => cluster).Max(static group => group.Count()) / answers.Length,
            Members = names,
            DecidingCluster = deciding,
            Panel = new PanelManifest(
                2, answers.Length, TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(1000 * clusters.Length), "all_answered"),
            Candidates =
            [
                .. clusters.Select(static (cluster, member) => (cluster, member)).Where(static one => one.cluster is not null)
                    .Select(one => new CandidateManifest(one.member, 0, weights?[one.member] ?? 1) { AnswerType = "number", Cluster = one.cluster, Party = one.cluster }),
            ],
        };
    }

    /// <summary>Of a member by its place: <c>a</c>, <c>b</c>, …</summary>
    public static string Name(int member) => ((char)('a' + member)).ToString();
}
