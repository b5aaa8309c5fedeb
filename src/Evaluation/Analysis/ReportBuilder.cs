using Ensemble.Estimates;
using Ensemble.Evaluation.Grading;
using Ensemble.Evaluation.Running;
using Ensemble.Evaluation.Statistics;

namespace Ensemble.Evaluation.Analysis;

/// <summary>Makes the report of what came of the questions.</summary>
/// <param name="results">Of at least one question.</param>
/// <param name="asked">Questions that were to be asked.</param>
internal sealed class ReportBuilder(
    EvaluationOptions options, SubjectTable table, IReadOnlyList<QuestionResult> results, int asked, JudgeRecord? judge)
{
    private readonly Dictionary<string, bool[]> _right = [];

    // Answers that others recorded have none.
    private readonly bool _hasTimes = results.Any(result => table.Singles.Any(single => result.Outcomes[single.Name].Time > TimeSpan.Zero));

    public EvaluationReport Build()
    {
        foreach (var subject in table.Singles.Concat(table.Ensembles))
        {
            _right[subject.Name] = [.. results.Select(result => result.Outcomes[subject.Name].IsRight)];
        }

        // A member that is asked several times is no model that a caller could ask instead.
        var costs = table.Singles.Select(single => CostOf(single.Name)).ToList();
        var best = BestSingle.Choose([.. table.Singles.Select(single => _right[single.Name])], costs, new Random(options.Seed));
        var bestName = table.Singles[best.Best].Name;
        var compared = Compare(best, costs[best.Best]);
        var subjects = table.Singles.Select(static single => (Subject: single, Comparison: default(Comparison)))
            .Concat(table.Ensembles.Select((ensemble, index) => (Subject: ensemble, Comparison: (Comparison?)Verdicts.Judge(
                compared[index], bestName, results.Count))))
            .Select(pair => Report(pair.Subject, pair.Comparison, bestName))
            .OrderBy(static subject => subject.Kind).ThenByDescending(static subject => subject.Right)
            .ThenBy(static subject => subject.CostPerThousand ?? decimal.MaxValue)
            .ThenBy(static subject => subject.Name, StringComparer.Ordinal)
            .ToList();
        return new EvaluationReport
        {
            Data = Path.GetFileName(options.Data),
            Questions = results.Count,
            LeftOut = asked - results.Count,
            Seed = options.Seed,
            Grader = options.Grader,
            Judge = judge,
            Headline = HeadlineOf(subjects, bestName),
            BestSingle = bestName,
            IsCrossFitted = best.IsCrossFitted,
            Subjects = subjects,
            Panels = [.. table.Panels.Where(static panel => panel.IsVoted).Select(
                panel => new PanelAnalysis(panel, results, _right, options.Seed).Report())],
            Notes = [.. Notes(subjects, best)],
        };
    }

    private List<Comparison> Compare(BestSingle best, decimal? bestCost)
    {
        var singles = table.Singles.Select(single => _right[single.Name]).ToArray();
        var reference = best.Reference.Select((single, question) => singles[single][question]).ToArray();
        var compared = table.Ensembles.Select(ensemble =>
        {
            int[] differences = [.. _right[ensemble.Name].Select((isRight, question) => (isRight ? 1 : 0) - (reference[question] ? 1 : 0))];
            var (onlyThis, onlyBest) = (differences.Count(static value => value > 0), differences.Count(static value => value < 0));
            var needed = SampleSize.For((double)(onlyThis + onlyBest) / differences.Length);
            var ratio = CostOf(ensemble.Name) is > 0 and var cost && bestCost is > 0 ? (double)(cost / bestCost.Value) : default(double?);
            return new Comparison(
                new QuestionBootstrap(new Random(options.Seed)).Mean(differences), onlyThis, onlyBest,
                McNemar.PValue(onlyThis, onlyBest), 1, needed, ratio);
        }).ToList();
        var adjusted = Holm.Adjust([.. compared.Select(static comparison => comparison.PValue)]);
        return [.. compared.Select((comparison, index) => comparison with { AdjustedPValue = adjusted[index] })];
    }

    private SubjectReport Report(Subject subject, Comparison? comparison, string best)
    {
        var outcomes = results.Select(result => result.Outcomes[subject.Name]).ToList();
        var right = outcomes.Count(static outcome => outcome.IsRight);
        var cost = CostOf(subject.Name);
        var member = subject.Kind == SubjectKind.Ensemble ? BestMember(subject) ?? best : null;
        return new SubjectReport(
            subject.Name,
            subject.Kind,
            Wilson.Of(right, outcomes.Count),
            right,
            outcomes.Count(static outcome => outcome.Text is null),
            cost * 1000 / outcomes.Count,
            right == 0 ? null : cost / right,
            _hasTimes ? Latency.Of([.. outcomes.Select(static outcome => outcome.Time)]) : null,
            outcomes.Average(static outcome => outcome.Calls),
            comparison)
        {
            BestMember = member,
            Lost = member is null ? [] : [.. results.Where(result => result.Outcomes[member].IsRight
                && !result.Outcomes[subject.Name].IsRight)
                .Select(result => new LostQuestion(
                    result.Question.Id,
                    result.Question.Text,
                    string.Join(" | ", result.Question.References),
                    result.Outcomes[member].Text!,
                    result.Outcomes[subject.Name].Text))],
        };
    }

    private string? BestMember(Subject subject) => subject.Panel?.Labels
        .MaxBy(label => _right[label].Count(static isRight => isRight));

    private decimal? CostOf(string subject) =>
        results.Aggregate((decimal?)0, (sum, result) => sum + result.Outcomes[subject].CostUsd);

    private static string HeadlineOf(IReadOnlyList<SubjectReport> subjects, string best)
    {
        var ensembles = subjects.Where(static subject => subject.Comparison is not null).ToList();
        if (ensembles.Where(static subject => subject.Comparison!.Verdict == Verdict.UseIt)
            .MaxBy(static subject => subject.Comparison!.Difference.Value) is { } good)
        {
            return $"{good.Name} — {good.Comparison!.Sentence}";
        }

        var next = ensembles.Find(static subject => subject.Comparison!.Verdict == Verdict.DoNotFuse);
        return ensembles.Find(static subject => subject.Comparison!.Verdict == Verdict.TooFewQuestions) is { } open
            ? $"{open.Name} — {open.Comparison!.Sentence}"
            : next is null ? $"{best} is the best single model." : $"{next.Name} — {next.Comparison!.Sentence}";
    }

    private IEnumerable<string> Notes(IReadOnlyList<SubjectReport> subjects, BestSingle best)
    {
        if (asked > results.Count)
        {
            yield return $"{asked - results.Count:N0} of {asked:N0} questions were left out, because --max-cost was reached. Start "
                + "the same command with a higher one and the same --record to go on.";
        }

        yield return best.IsCrossFitted
            ? "The best single model was chosen on one half of the questions and compared on the other half, both ways."
            : $"With fewer than {BestSingle.MinQuestions} questions the best single model was chosen "
                + "on the questions that it is compared on, which is to the disadvantage of the ensembles.";
        if (subjects.Any(static subject => subject.CostPerThousand is null))
        {
            yield return "Costs are unknown where a model has no \"price\" in the catalog.";
        }

        if (subjects.Any(static subject => subject.Latency is null))
        {
            yield return "No times were recorded with answers that come from elsewhere.";
        }

        if (judge is { Judged: > 0 })
        {
            yield return $"{judge.Model} judged {judge.Judged:N0} answers twice, in swapped order, and contradicted itself on "
                + $"{judge.Contradicted:N0} ({Figures.Percent((double)judge.Contradicted / judge.Judged)}); "
                + $"{judge.Unreadable:N0} verdicts could not be read. "
                + "Both count as wrong.";
        }

        yield return "A question without an answer counts as wrong. "
            + "Calls that a strategy cancels before their end are counted at their full price.";
    }
}
