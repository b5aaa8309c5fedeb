using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Panels;
using Ensemble.Runs;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Strategies;

/// <summary>Candidates, what each of them says, and which of them say the same.</summary>
internal sealed class CandidateSet
{
    private readonly EnsembleConfig _ensemble;
    private readonly AnswerReader _reader;
    private readonly double[,]? _alike;
    private AnswerClusters? _clusters;

    private CandidateSet(AnswerReader reader, EnsembleConfig ensemble, IReadOnlyList<Candidate> candidates, double[,]? alike)
    {
        (_reader, _ensemble, Candidates, _alike) = (reader, ensemble, candidates, alike);
        Typed = [.. candidates.Select(candidate => candidate.Typed(reader))];
    }

    /// <summary>In the panel's order.</summary>
    public IReadOnlyList<Candidate> Candidates { get; }

    /// <summary>One a candidate; null where it says nothing that could be counted.</summary>
    public IReadOnlyList<TypedAnswer?> Typed { get; }

    /// <summary>Null where there is no candidate. Prose is compared when this is first asked for.</summary>
    public AnswerClusters? Clusters => Candidates.Count == 0 ? null : _clusters ??= AnswerClusters.Of(
        Typed,
        [.. Candidates.Select(candidate => candidate.Text)],
        [.. Candidates.Select(candidate => candidate.Weight)],
        _ensemble.Consensus.Threshold,
        _alike);

    public bool AllTyped => Candidates.Count > 0 && Typed.All(answer => answer is not null);

    public bool CallsTools => Candidates.Any(candidate => candidate.Answer.CallsTools);

    /// <summary>From 0 to 1; null below two answers.</summary>
    public double? Agreement => Clusters?.Agreement;

    /// <param name="alike">Likeness of each two candidates, from 0 to 1; null = by their words.</param>
    public static CandidateSet Of(
        AnswerReader reader, EnsembleConfig ensemble, IReadOnlyList<Candidate> candidates, double[,]? alike = null) =>
        new(reader, ensemble, candidates, alike);

    /// <summary>Compares prose by the vectors of the ensemble's embedding model, where it has one.</summary>
    /// <param name="number">Tells several comparisons of one run apart.</param>
    public static async Task<CandidateSet> CompareAsync(
        RunContext context, EnsembleConfig ensemble, IReadOnlyList<Candidate> candidates, int number = 0)
    {
        var reader = context.Reader(ensemble);
        var candidateSet = Of(reader, ensemble, candidates);
        var needsVectors = candidates.Count > 1 && !context.Deadline.IsOver
            && (!candidateSet.AllTyped || ensemble.Strategy == StrategyKind.Consensus);
        if (!needsVectors || ensemble.Consensus.EmbeddingModel is not { } model)
        {
            return candidateSet;
        }

        string[] texts = [.. candidates.Select(candidate => candidate.Text)];
        if (await AnswerSimilarity.AskAsync(context, ensemble, model, texts, number) is { } alike)
        {
            return Of(reader, ensemble, candidates, alike);
        }

        context.Diagnostics.Degrade("embedding_failed");
        return candidateSet;
    }

    /// <exception cref="InvalidOperationException">The candidate is not in the set.</exception>
    public int IndexOf(Candidate candidate) =>
        Find(Candidates, candidate) is >= 0 and var index
            ? index
            : throw new InvalidOperationException("The candidate is not in this set.");

    /// <returns>Those that have the caller's format; null where none has.</returns>
    public CandidateSet? Fitting(AnswerFormat format) => Where(candidate => candidate.MatchesFormat(format));

    /// <returns>The candidates of which something holds, as a set of their own; null where it holds of none.</returns>
    public CandidateSet? Where(Func<Candidate, bool> predicate)
    {
        int[] some = [.. Enumerable.Range(0, Candidates.Count).Where(index => predicate(Candidates[index]))];
        return some.Length == 0 ? null
            : some.Length == Candidates.Count ? this
            : new CandidateSet(
                _reader, _ensemble, [.. some.Select(index => Candidates[index])], _alike is null ? null : Part(_alike, some));
    }

    private static double[,] Part(double[,] alike, int[] some)
    {
        var part = new double[some.Length, some.Length];
        for (var row = 0; row < some.Length; row++)
        {
            for (var column = 0; column < some.Length; column++)
            {
                part[row, column] = alike[some[row], some[column]];
            }
        }

        return part;
    }

    /// <param name="scores">One a candidate, by which the strategy chooses; null = it has none.</param>
    public IReadOnlyList<CandidateManifest> Manifest(RunContext context, IReadOnlyList<double?>? scores = null)
    {
        // What has not the caller's format has no vote where others have it.
        var voters = Candidates.Count == 0 ? null : Fitting(context.Format) ?? this;
        var ballots = voters is null ? [] : VoteRule.Ballots(voters);
        return [.. Candidates.Select((candidate, index) =>
            new CandidateManifest(candidate.Key.Member, candidate.Key.Sample, candidate.Weight)
            {
                AnswerType = Typed[index] is { } typed ? SnakeCase.Of(typed.Kind) : null,
                Answer = context.CapturesContent ? Typed[index]?.Text : null,
                Cluster = Clusters!.Clusters[index],
                Party = voters == this ? ballots[index].Party
                    : Find(voters!.Candidates, candidate) is >= 0 and var place ? ballots[place].Party
                    : null,
                Score = scores?[index],
            })];
    }

    /// <summary>Finds the cluster of the candidates that agree with a text from elsewhere, such as a judge's answer.</summary>
    /// <returns>Their cluster; null where none does, or none says anything that could be counted.</returns>
    public int? ClusterOf(ChatAnswer answer)
    {
        if (Typed.All(static typed => typed is null) || _reader.Read(answer) is not { } said)
        {
            return null;
        }

        var index = Enumerable.Range(0, Typed.Count).FirstOrDefault(index => Typed[index] == said, -1);
        return index < 0 ? null : Clusters!.Clusters[index];
    }

    private static int Find(IReadOnlyList<Candidate> candidates, Candidate candidate)
    {
        for (var index = 0; index < candidates.Count; index++)
        {
            if (ReferenceEquals(candidates[index], candidate))
            {
                return index;
            }
        }

        return -1;
    }
}
