using Ensemble.Answers;
using Ensemble.Panels;

namespace Ensemble.Strategies;

/// <summary>The candidate to give where no judge can: the one that the panel supports most.</summary>
internal static class BestCandidate
{
    /// <summary>A vote where the candidates are typed and any two agree, else the one nearest to all of them.</summary>
    /// <returns>Null where the caller wants a format that none of them has.</returns>
    public static Candidate? Of(CandidateSet candidateSet, AnswerFormat format)
    {
        if (candidateSet.Fitting(format) is not { } fitting)
        {
            return null;
        }

        var vote = VoteRule.Decide(fitting);
        return fitting.Candidates[vote.IsDecided && fitting.Typed[vote.Winner] is not null || fitting.CallsTools
            ? vote.Winner
            : fitting.Clusters!.Centre()];
    }
}
