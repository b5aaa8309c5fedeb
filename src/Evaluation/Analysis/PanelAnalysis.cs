using Ensemble.Estimates;
using Ensemble.Evaluation.Running;
using Ensemble.Evaluation.Statistics;

namespace Ensemble.Evaluation.Analysis;

/// <summary>How the members of one panel go together.</summary>
/// <param name="right">By member: whether it had each question right.</param>
internal sealed class PanelAnalysis(
    AskedPanel panel, IReadOnlyList<QuestionResult> results, IReadOnlyDictionary<string, bool[]> right, int seed)
{
    private readonly PanelOutcome[] _outcomes = [.. results.Select(result => result.Panels[panel.Name])];

    public PanelReport Report()
    {
        var members = panel.Labels.Count;
        var pairs = (
            from first in Enumerable.Range(0, members)
            from second in Enumerable.Range(first + 1, members - first - 1)
            select Pair(first, second)).ToList();
        var correlations = pairs.Where(static pair => pair.Phi is not null).Select(static pair => pair.Phi!.Value.Value).ToList();
        var mean = correlations.Count == 0 ? default(double?) : correlations.Average();
        var all = _outcomes.Count(static outcome => outcome.IsRight);
        var any = Enumerable.Range(0, results.Count).Count(question => panel.Labels.Any(label => right[label][question]));
        return new PanelReport(
            panel.Name,
            panel.Labels,
            Wilson.Of(all, results.Count),
            pairs,
            mean,
            mean is { } known ? EffectivePanel.Size(members, known) : null,
            Wilson.Of(any, results.Count),
            [.. Enumerable.Range(0, members).Select(Value)]);
    }

    private PairReport Pair(int first, int second)
    {
        var correlation = ErrorCorrelation.Of(
            right[panel.Labels[first]],
            right[panel.Labels[second]],
            question => _outcomes[question].Clusters[first] is { } cluster && cluster == _outcomes[question].Clusters[second],
            new QuestionBootstrap(new Random(seed)));
        return new PairReport(first, second, correlation.Phi, correlation.BothWrong, correlation.SameWrong, correlation.SameWrongShare);
    }

    private MemberValue Value(int member)
    {
        int[] changes = [.. _outcomes.Select(outcome => (outcome.Without[member] ? 1 : 0) - (outcome.IsRight ? 1 : 0))];
        var change = new QuestionBootstrap(new Random(seed)).Mean(changes);
        var label = panel.Labels[member];
        var own = Sum(outcome => outcome.Costs[member]);
        var share = own is { } cost
            && Sum(static outcome => outcome.Costs.Aggregate((decimal?)0, static (sum, value) => sum + value)) is > 0 and var all
            ? (double)(cost / all)
            : default(double?);
        return new MemberValue(
            label,
            Wilson.Of(right[label].Count(static isRight => isRight), results.Count),
            change,
            share,
            Verdicts.Drop(label, change, share, panel.Labels.Count, results.Count));
    }

    private decimal? Sum(Func<PanelOutcome, decimal?> cost) => _outcomes.Aggregate((decimal?)0, (sum, outcome) => sum + cost(outcome));
}
