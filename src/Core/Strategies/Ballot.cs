using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Judging;
using Ensemble.Panels;
using Ensemble.Runs;

namespace Ensemble.Strategies;

/// <summary>Candidates, what each of them says, and which of them say the same.</summary>
internal sealed class Ballot
{
    private readonly EnsembleConfig _ensemble;
    private readonly AnswerReader _reader;

    private Ballot(AnswerReader reader, EnsembleConfig ensemble, IReadOnlyList<Candidate> candidates, double[,]? alike)
    {
        (_reader, _ensemble, Candidates) = (reader, ensemble, candidates);
        Typed = [.. candidates.Select(candidate => reader.Read(candidate.Answer))];
        Clusters = candidates.Count == 0
            ? null
            : AnswerClusters.Of(Typed, [.. candidates.Select(candidate => candidate.Text)], [.. candidates.Select(candidate => candidate.Weight)], ensemble.Consensus.Threshold, alike);
    }

    /// <summary>In the panel's order.</summary>
    public IReadOnlyList<Candidate> Candidates { get; }

    /// <summary>One a candidate; null where it says nothing that could be counted.</summary>
    public IReadOnlyList<TypedAnswer?> Typed { get; }

    /// <summary>Null where there is no candidate.</summary>
    public AnswerClusters? Clusters { get; }

    public bool AllTyped => Candidates.Count > 0 && Typed.All(answer => answer is not null);

    public bool CallsTools => Candidates.Any(candidate => candidate.Answer.CallsTools);

    /// <summary>From 0 to 1; null below two answers.</summary>
    public double? Agreement => Clusters?.Agreement;

    /// <summary>What reads the answers to a request.</summary>
    public static AnswerReader Reader(RunContext context, EnsembleConfig ensemble) =>
        AnswerReader.For(context.Chat, ensemble.AnswerType, ToolOffer.Of(context.Chat, ensemble.Tools).IsOpen);

    /// <param name="alike">Likeness of each two candidates, from 0 to 1; null = by their words.</param>
    public static Ballot Of(AnswerReader reader, EnsembleConfig ensemble, IReadOnlyList<Candidate> candidates, double[,]? alike = null) =>
        new(reader, ensemble, candidates, alike);

    /// <exception cref="InvalidOperationException">It is none of these.</exception>
    public int IndexOf(Candidate candidate)
    {
        for (var index = 0; index < Candidates.Count; index++)
        {
            if (ReferenceEquals(Candidates[index], candidate))
            {
                return index;
            }
        }

        throw new InvalidOperationException("The candidate is none of this ballot.");
    }

    /// <returns>Those that have the caller's format; null where none has.</returns>
    public Ballot? Fitting(AnswerFormat format)
    {
        var fitting = Candidates.Where(candidate => candidate.Answer.CallsTools || format.Accepts(candidate.Text) != false).ToArray();
        return fitting.Length == 0 ? null : fitting.Length == Candidates.Count ? this : new Ballot(_reader, _ensemble, fitting, null);
    }

    /// <returns>The candidates of which something holds, as a ballot of their own; null where it holds of none.</returns>
    public Ballot? Where(Func<Candidate, bool> predicate)
    {
        var some = Candidates.Where(predicate).ToArray();
        return some.Length == 0 ? null : new Ballot(_reader, _ensemble, some, null);
    }

    /// <param name="captures">Whether the answers themselves are in it.</param>
    /// <param name="scores">One a candidate, by which the strategy chooses; null = it has none.</param>
    public IReadOnlyList<CandidateManifest> Manifest(bool captures, IReadOnlyList<double?>? scores = null) =>
        [.. Candidates.Select((candidate, index) => new CandidateManifest(candidate.Key.Member, candidate.Key.Sample, candidate.Weight)
        {
            AnswerType = Typed[index] is { } typed ? SnakeCase.Of(typed.Kind) : null,
            Answer = captures ? Typed[index]?.Text : null,
            Cluster = Clusters!.Clusters[index],
            Score = scores?[index],
        })];
}
