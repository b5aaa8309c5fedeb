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

    /// <param name="ballot">At least one candidate.</param>
    public static Result Decide(Ballot ballot)
    {
        var parties = Parties(ballot);
        var winner = parties.MaxBy(party => (party.Weight, party.Heaviest, -party.First));
        if (ballot.Candidates.Count == 1 || parties.Exists(party => party.Members.Count > 1))
        {
            return new Result(Representative(ballot, winner!), true);
        }

        var heaviest = parties.MaxBy(party => (party.Heaviest, -party.First))!;
        return new Result(heaviest.First, false);
    }

    /// <summary>Whether answers of the given weight, whatever they say, could not change the winner.</summary>
    public static bool IsSettled(Ballot ballot, double weightOut)
    {
        if (ballot.Typed.All(answer => answer is null))
        {
            // Likeness of prose may change with each further answer.
            return false;
        }

        var parties = Parties(ballot).OrderByDescending(party => party.Weight).ToArray();
        return parties[0].Members.Count > 1 && parties[0].Weight > (parties.Length > 1 ? parties[1].Weight : 0) + weightOut;
    }

    private static int Representative(Ballot ballot, Party party)
    {
        // Those who call no tool are one party, whatever they say instead: among themselves they vote again.
        if (ballot.CallsTools && !ballot.Candidates[party.First].Answer.CallsTools)
        {
            var others = ballot.Where(candidate => !candidate.Answer.CallsTools)!;
            return ballot.IndexOf(others.Candidates[Decide(others).Winner]);
        }

        return party.Members.MaxBy(index => (ballot.Candidates[index].Weight, -index));
    }

    private static List<Party> Parties(Ballot ballot)
    {
        var anyTyped = ballot.Typed.Any(answer => answer is not null);
        var parties = new Dictionary<int, Party>();
        for (var index = 0; index < ballot.Candidates.Count; index++)
        {
            var saysNothing = anyTyped && ballot.Typed[index] is null;
            var callsNone = ballot.CallsTools && !ballot.Candidates[index].Answer.CallsTools;
            if (saysNothing && !callsNone)
            {
                continue;
            }

            var name = callsNone ? -1 : ballot.Clusters!.Clusters[index];
            if (!parties.TryGetValue(name, out var party))
            {
                parties[name] = party = new Party(index);
            }

            party.Add(index, ballot.Candidates[index].Weight);
        }

        return [.. parties.Values];
    }

    private sealed class Party(int first)
    {
        public int First { get; } = first;

        public List<int> Members { get; } = [];

        public double Weight { get; private set; }

        public double Heaviest { get; private set; }

        public void Add(int index, double weight)
        {
            Members.Add(index);
            Weight += weight;
            Heaviest = Math.Max(Heaviest, weight);
        }
    }
}
