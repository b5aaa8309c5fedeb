namespace Ensemble.Strategies;

/// <summary>
/// The answer that most weight stands behind. Equal weights go to the answer of the heaviest member, then to the one that is listed
/// first. Candidates that say nothing that could be counted abstain, where others do say something.
/// </summary>
internal static class VoteRule
{
    /// <param name="Winner">Index of a candidate: the heaviest of those that gave the winning answer, then the first listed.</param>
    /// <param name="IsDecided">Whether any two gave the same answer; else the winner is just the heaviest member's.</param>
    internal readonly record struct Result(int Winner, bool IsDecided);

    /// <param name="candidateSet">At least one candidate.</param>
    public static Result Decide(CandidateSet candidateSet)
    {
        var parties = GroupAnswers(candidateSet);
        var winner = parties.MaxBy(party => (party.Weight, party.MaxWeight, -party.First));
        if (candidateSet.Candidates.Count == 1 || parties.Exists(party => party.Members.Count > 1))
        {
            return new Result(Representative(candidateSet, winner!), true);
        }

        var heaviest = parties.MaxBy(party => (party.MaxWeight, -party.First))!;
        return new Result(heaviest.First, false);
    }

    /// <summary>Whether answers of the given weight, whatever they say, could not change the winner.</summary>
    public static bool IsSettled(CandidateSet candidateSet, double outstandingWeight)
    {
        if (candidateSet.Typed.All(answer => answer is null))
        {
            // Likeness of prose may change with each further answer.
            return false;
        }

        var parties = GroupAnswers(candidateSet).OrderByDescending(party => party.Weight).ToArray();
        return parties[0].Members.Count > 1 && parties[0].Weight > (parties.Length > 1 ? parties[1].Weight : 0) + outstandingWeight;
    }

    private static int Representative(CandidateSet candidateSet, AnswerGroup party)
    {
        // Those who call no tool are one party, whatever they say instead: among themselves they vote again.
        if (candidateSet.CallsTools && !candidateSet.Candidates[party.First].Answer.CallsTools)
        {
            var others = candidateSet.Where(candidate => !candidate.Answer.CallsTools)!;
            return candidateSet.IndexOf(others.Candidates[Decide(others).Winner]);
        }

        return party.Members.MaxBy(index => (candidateSet.Candidates[index].Weight, -index));
    }

    private static List<AnswerGroup> GroupAnswers(CandidateSet candidateSet)
    {
        var anyTyped = candidateSet.Typed.Any(answer => answer is not null);
        var parties = new Dictionary<int, AnswerGroup>();
        for (var index = 0; index < candidateSet.Candidates.Count; index++)
        {
            var saysNothing = anyTyped && candidateSet.Typed[index] is null;
            var callsNone = candidateSet.CallsTools && !candidateSet.Candidates[index].Answer.CallsTools;
            if (saysNothing && !callsNone)
            {
                continue;
            }

            var name = callsNone ? -1 : candidateSet.Clusters!.Clusters[index];
            if (!parties.TryGetValue(name, out var party))
            {
                parties[name] = party = new AnswerGroup(index);
            }

            party.Add(index, candidateSet.Candidates[index].Weight);
        }

        return [.. parties.Values];
    }

    private sealed class AnswerGroup(int first)
    {
        public int First { get; } = first;

        public List<int> Members { get; } = [];

        public double Weight { get; private set; }

        public double MaxWeight { get; private set; }

        public void Add(int index, double weight)
        {
            Members.Add(index);
            Weight += weight;
            MaxWeight = Math.Max(MaxWeight, weight);
        }
    }
}
