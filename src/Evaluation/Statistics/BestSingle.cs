namespace Ensemble.Evaluation.Statistics;

/// <summary>
/// The model that an ensemble is compared with. The best of several on the questions of the test is better there than elsewhere, by luck:
/// so it is chosen on one half of the questions for the other half, and the other way round.
/// </summary>
/// <param name="Reference">One a question: the index of the model that it is compared with.</param>
/// <param name="Best">The index of the best on all questions, which a report names.</param>
/// <param name="IsCrossFitted">False where there are too few questions for two halves, and the best on all of them
/// is compared with.</param>
internal sealed record BestSingle(IReadOnlyList<int> Reference, int Best, bool IsCrossFitted)
{
    /// <summary>Questions from which on there are two halves.</summary>
    public const int MinQuestions = 40;

    /// <param name="right">By model, then by question. At least one model.</param>
    /// <param name="costs">What each model costs; of two that are as good the cheaper one is the better.</param>
    /// <param name="random">Seeded: cuts the questions in two.</param>
    public static BestSingle Choose(IReadOnlyList<IReadOnlyList<bool>> right, IReadOnlyList<decimal?> costs, Random random)
    {
        var count = right[0].Count;
        var best = BestOn(right, costs, static _ => true);
        if (count < MinQuestions)
        {
            return new BestSingle([.. Enumerable.Repeat(best, count)], best, IsCrossFitted: false);
        }

        var order = Enumerable.Range(0, count).ToArray();
        random.Shuffle(order);
        var isFirst = new bool[count];
        foreach (var question in order.Take(count / 2))
        {
            isFirst[question] = true;
        }

        var ofFirst = BestOn(right, costs, question => isFirst[question]);
        var ofSecond = BestOn(right, costs, question => !isFirst[question]);
        return new BestSingle([.. isFirst.Select(first => first ? ofSecond : ofFirst)], best, IsCrossFitted: true);
    }

    private static int BestOn(IReadOnlyList<IReadOnlyList<bool>> right, IReadOnlyList<decimal?> costs, Func<int, bool> counts)
    {
        var questions = Enumerable.Range(0, right[0].Count).Where(counts).ToArray();
        return Enumerable.Range(0, right.Count)
            .OrderByDescending(model => questions.Count(question => right[model][question]))
            .ThenBy(model => costs[model] ?? decimal.MaxValue)
            .First();
    }
}
