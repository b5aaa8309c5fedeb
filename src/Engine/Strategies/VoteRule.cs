using Ensemble.Votes;

namespace Ensemble.Strategies;

/// <summary>
/// The answer that most weight stands behind, by <see cref="Plurality"/>. Candidates that say nothing that could be counted abstain, where
/// others do say something.
/// </summary>
internal static class VoteRule
{
    /// <summary>The party of all answers without a tool call if others call tools.</summary>
    private const int NoCall = -1;

    /// <param name="Winner">Index of a candidate: the heaviest of those that gave the winning answer, then the first listed.</param>
    /// <param name="IsDecided">Whether any two gave the same answer; else the winner is just the heaviest member's.</param>
    internal readonly record struct Result(int Winner, bool IsDecided);

    /// <param name="candidateSet">At least one candidate.</param>
    public static Result Decide(CandidateSet candidateSet)
    {
        var ballots = Ballots(candidateSet);
        var result = Plurality.Decide(ballots)!.Value;
        return new Result(result.IsDecided ? Representative(candidateSet, ballots, result.Winner) : result.First, result.IsDecided);
    }

    /// <summary>Whether answers of the given weight, whatever they say, could not change the winner.</summary>
    /// <remarks>Likeness of prose may change with each further answer.</remarks>
    public static bool IsSettled(CandidateSet candidateSet, double outstandingWeight) =>
        candidateSet.Typed.Any(answer => answer is not null) && Plurality.IsSettled(Ballots(candidateSet), outstandingWeight);

    /// <summary>What each candidate is for: candidates of one cluster are one party.</summary>
    public static Ballot[] Ballots(CandidateSet candidateSet)
    {
        var anyTyped = candidateSet.Typed.Any(answer => answer is not null);
        var callsTools = candidateSet.CallsTools;
        var ballots = new Ballot[candidateSet.Candidates.Count];
        for (var index = 0; index < ballots.Length; index++)
        {
            var candidate = candidateSet.Candidates[index];
            var callsNone = callsTools && !candidate.Answer.CallsTools;
            var saysNothing = anyTyped && candidateSet.Typed[index] is null;
            ballots[index] = new Ballot(callsNone ? NoCall : saysNothing ? null : candidateSet.Clusters!.Clusters[index], candidate.Weight);
        }

        return ballots;
    }

    private static int Representative(CandidateSet candidateSet, Ballot[] ballots, int winner)
    {
        // Those who call no tool are one party, whatever they say instead: among themselves they vote again.
        if (winner == NoCall)
        {
            var others = candidateSet.Where(candidate => !candidate.Answer.CallsTools)!;
            return candidateSet.IndexOf(others.Candidates[Decide(others).Winner]);
        }

        return Enumerable.Range(0, ballots.Length).Where(index => ballots[index].Party == winner)
            .MaxBy(index => (ballots[index].Weight, -index));
    }
}
