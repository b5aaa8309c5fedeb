using Ensemble.Answers;
using Ensemble.Judging;
using Ensemble.Panels;

namespace Ensemble.Strategies;

/// <summary>The candidate to give where no judge can: the one that the panel supports most.</summary>
internal static class BestCandidate
{
    /// <param name="candidates">At least one.</param>
    /// <returns>Null where the caller wants a format that none of them has.</returns>
    public static Candidate? Of(IReadOnlyList<Candidate> candidates, AnswerFormat format)
    {
        var fitting = candidates.Where(candidate => format.Accepts(candidate.Text) != false).ToArray();
        return fitting.Length == 0 ? null : fitting[Clusters(fitting).Best()];
    }

    public static AnswerClusters Clusters(IReadOnlyList<Candidate> candidates) =>
        AnswerClusters.Of([.. candidates.Select(candidate => candidate.Text)], [.. candidates.Select(candidate => candidate.Weight)]);
}
