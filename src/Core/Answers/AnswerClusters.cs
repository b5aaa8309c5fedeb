namespace Ensemble.Answers;

/// <summary>
/// Sorts answers into those that say the same: short ones by equality, prose by likeness. Order decides nothing but which
/// of equals is named first.
/// </summary>
internal sealed class AnswerClusters
{
    /// <summary>Prose that is at least this alike says the same.</summary>
    public const double DefaultThreshold = 0.8;

    private readonly double[] _weights;
    private readonly int[] _cluster;
    private readonly Lazy<double[,]> _alike;
    private readonly bool _areShort;

    private AnswerClusters(double[] weights, int[] cluster, Lazy<double[,]> alike, bool areShort)
    {
        _weights = weights;
        _cluster = cluster;
        _alike = alike;
        _areShort = areShort;
    }

    /// <param name="texts">At least one.</param>
    /// <param name="weights">One a text, above 0.</param>
    public static AnswerClusters Of(IReadOnlyList<string> texts, IReadOnlyList<double> weights)
    {
        var alike = new Lazy<double[,]>(() => Compare(texts));
        var shorts = texts.Select(AnswerText.Short).ToArray();
        var areShort = Array.TrueForAll(shorts, text => text is not null);
        var cluster = new int[texts.Count];
        for (var index = 0; index < texts.Count; index++)
        {
            cluster[index] = index;
            for (var other = 0; other < index; other++)
            {
                if (cluster[index] != cluster[other] && Same(index, other))
                {
                    Merge(cluster, cluster[index], cluster[other]);
                }
            }
        }

        return new AnswerClusters([.. weights], cluster, alike, areShort);

        bool Same(int index, int other) =>
            areShort ? shorts[index] == shorts[other]
            : texts[index] == texts[other] || alike.Value[index, other] >= DefaultThreshold;
    }

    /// <summary>The largest cluster's share of the weight, from 0 to 1; null below two answers.</summary>
    public double? Agreement => _weights.Length < 2 ? null : Largest().Weight / _weights.Sum();

    /// <summary>
    /// The index of the answer that the others support most. Short answers are a vote: the heaviest cluster's first. Prose,
    /// and a vote without two equal answers, go to the one nearest to all, by weight.
    /// </summary>
    public int Best()
    {
        if (_areShort)
        {
            var (root, _, count) = Largest();
            if (count > 1)
            {
                return Array.IndexOf(_cluster, root);
            }
        }

        var best = 0;
        var bestScore = double.NegativeInfinity;
        for (var index = 0; index < _weights.Length; index++)
        {
            var score = 0d;
            for (var other = 0; other < _weights.Length; other++)
            {
                score += _weights[other] * (index == other ? 1 : _alike.Value[index, other]);
            }

            // A hair's breadth is rounding, not support: equals stay in their listed order.
            if (score > bestScore + 1e-9)
            {
                (best, bestScore) = (index, score);
            }
        }

        return best;
    }

    private static double[,] Compare(IReadOnlyList<string> texts)
    {
        var vectors = texts.Select(TermVector.Of).ToArray();
        var alike = new double[texts.Count, texts.Count];
        for (var index = 0; index < texts.Count; index++)
        {
            for (var other = 0; other <= index; other++)
            {
                alike[index, other] = alike[other, index] = vectors[index].Similarity(vectors[other]);
            }
        }

        foreach (var vector in vectors)
        {
            vector.Dispose();
        }

        return alike;
    }

    private (int Root, double Weight, int Count) Largest()
    {
        var largest = (Root: 0, Weight: 0d, Count: 0);
        for (var root = 0; root < _cluster.Length; root++)
        {
            var (weight, count) = (0d, 0);
            for (var index = 0; index < _cluster.Length; index++)
            {
                if (_cluster[index] == root)
                {
                    (weight, count) = (weight + _weights[index], count + 1);
                }
            }

            if (weight > largest.Weight)
            {
                largest = (root, weight, count);
            }
        }

        return largest;
    }

    private static void Merge(int[] cluster, int from, int into)
    {
        // The lower number names the cluster, so that its first answer does.
        var (low, high) = (Math.Min(from, into), Math.Max(from, into));
        for (var index = 0; index < cluster.Length; index++)
        {
            if (cluster[index] == high)
            {
                cluster[index] = low;
            }
        }
    }
}
