namespace Ensemble.Answers;

/// <summary>
/// Sorts answers into those that say the same: typed ones by equality, prose by likeness. Order decides nothing but which
/// of equals is named first.
/// </summary>
internal sealed class AnswerClusters
{
    /// <summary>Prose that is at least this alike says the same.</summary>
    public const double DefaultThreshold = 0.8;

    // Sums of the same weights in another order differ by less: that is rounding, not support.
    private const double Rounding = 1e-9;

    private readonly double[] _weights;
    private readonly int[] _clusters;
    private readonly double[] _sums;
    private readonly int[] _sizes;
    private readonly bool _isVote;
    private readonly IReadOnlyList<string> _texts;
    private double[,]? _alike;

    private AnswerClusters(double[] weights, int[] clusters, bool isVote, IReadOnlyList<string> texts, double[,]? alike)
    {
        _weights = weights;
        _clusters = clusters;
        _isVote = isVote;
        _texts = texts;
        _alike = alike;
        Count = clusters.Max() + 1;
        _sums = new double[Count];
        _sizes = new int[Count];
        for (var index = 0; index < clusters.Length; index++)
        {
            _sums[clusters[index]] += weights[index];
            _sizes[clusters[index]]++;
        }
    }

    /// <summary>A cluster's number by answer, from 0, in the order in which clusters first appear.</summary>
    public IReadOnlyList<int> Clusters => _clusters;

    /// <summary>Clusters, at least one.</summary>
    public int Count { get; }

    /// <summary>The weight of each cluster.</summary>
    public IReadOnlyList<double> Weights => _sums;

    /// <summary>The largest cluster's share of the weight, above 0; 1 only where all say the same; null below two answers.</summary>
    public double? Agreement =>
        _weights.Length < 2 ? null
        : Count == 1 ? 1
        : Math.Min(_sums[Largest()] / _sums.Sum(), Math.BitDecrement(1));

    /// <summary>Takes them for a vote where every text is short, for prose otherwise.</summary>
    /// <param name="texts">At least one.</param>
    /// <param name="weights">One a text, above 0.</param>
    public static AnswerClusters Of(IReadOnlyList<string> texts, IReadOnlyList<double> weights)
    {
        var typed = new TypedAnswer?[texts.Count];
        for (var index = 0; index < typed.Length; index++)
        {
            if (AnswerText.Short(texts[index]) is not { } text)
            {
                Array.Clear(typed);
                break;
            }

            typed[index] = new TypedAnswer(TypedAnswerKind.ShortText, text);
        }

        return Of(typed, texts, weights);
    }

    /// <param name="typed">
    /// What each says, null where it says nothing that can be counted. Where any is typed, an answer that is not stands alone, unless
    /// another has the same text.
    /// </param>
    /// <param name="texts">One an answer; at least one.</param>
    /// <param name="weights">One an answer, above 0.</param>
    /// <param name="threshold">Where none is typed: the likeness from which two say the same.</param>
    /// <param name="alike">The cosines of an embedding model's vectors, symmetric; null = compared by their terms.</param>
    public static AnswerClusters Of(
        IReadOnlyList<TypedAnswer?> typed, IReadOnlyList<string> texts, IReadOnlyList<double> weights, double threshold = DefaultThreshold,
        double[,]? alike = null)
    {
        var count = texts.Count;
        if (count == 0 || typed.Count != count || weights.Count != count
            || (alike is not null && (alike.GetLength(0) != count || alike.GetLength(1) != count)))
        {
            throw new ArgumentException(
                $"There are {count} texts, {typed.Count} typed answers and {weights.Count} weights: one of each is needed for each answer, "
                + "and at least one answer.", nameof(texts));
        }

        // That none of them calls a tool is no vote: what they say instead is prose.
        var isVote = typed.Any(answer => answer is not null && answer != ToolCallAnswer.None);
        var clusters = new int[count];
        for (var index = 0; index < count; index++)
        {
            clusters[index] = index;
            if (!isVote && index > 0)
            {
                alike ??= Compare(texts);
            }

            for (var other = 0; other < index; other++)
            {
                if (clusters[index] != clusters[other] && Same(index, other))
                {
                    Merge(clusters, clusters[index], clusters[other]);
                }
            }
        }

        Number(clusters);
        return new AnswerClusters([.. weights], clusters, isVote, texts, alike);

        bool Same(int index, int other) =>
            isVote && (typed[index] is not null || typed[other] is not null) ? typed[index] == typed[other]
            : texts[index] == texts[other] || (!isVote && alike![index, other] >= threshold);
    }

    /// <summary>
    /// The index of the answer that the others support most. Typed answers are a vote: the heaviest cluster's first. Prose,
    /// and a vote without two equal answers, go to the one nearest to all, by weight.
    /// </summary>
    public int Best() => _isVote && _sizes[Largest()] > 1 ? Array.IndexOf(_clusters, Largest()) : Centre();

    /// <summary>The index of the answer nearest to the weighted centroid of all vectors, of equals the first.</summary>
    public int Centre()
    {
        var alike = _alike ??= Compare(_texts);
        var best = 0;
        var bestScore = double.NegativeInfinity;
        for (var index = 0; index < _weights.Length; index++)
        {
            // The dot product with the centroid, up to a factor that all share.
            var score = 0d;
            for (var other = 0; other < _weights.Length; other++)
            {
                score += _weights[other] * (index == other ? 1 : alike[index, other]);
            }

            if (score > bestScore + Rounding)
            {
                (best, bestScore) = (index, score);
            }
        }

        return best;
    }

    private static double[,] Compare(IReadOnlyList<string> texts)
    {
        var vectors = new TermFrequencyVector[texts.Count];
        var alike = new double[texts.Count, texts.Count];
        for (var index = 0; index < texts.Count; index++)
        {
            vectors[index] = TermFrequencyVector.Of(texts[index]);
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

    private int Largest()
    {
        var largest = 0;
        for (var cluster = 1; cluster < Count; cluster++)
        {
            if (_sums[cluster] > _sums[largest] * (1 + Rounding))
            {
                largest = cluster;
            }
        }

        return largest;
    }

    private static void Merge(int[] clusters, int from, int into)
    {
        for (var index = 0; index < clusters.Length; index++)
        {
            if (clusters[index] == from)
            {
                clusters[index] = into;
            }
        }
    }

    private static void Number(int[] clusters)
    {
        var numbers = new int[clusters.Length];
        var count = 0;
        for (var index = 0; index < clusters.Length; index++)
        {
            ref var number = ref numbers[clusters[index]];
            clusters[index] = (number == 0 ? number = ++count : number) - 1;
        }
    }
}
