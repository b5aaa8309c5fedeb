namespace Ensemble.Votes;

/// <param name="Party">What it votes for, as a number; null = an abstention.</param>
/// <param name="Weight">What it counts, above 0.</param>
public readonly record struct Ballot(int? Party, double Weight);

/// <summary>
/// A weighted plurality vote: the party with the largest weight wins. On a tie it is the party of the heaviest ballot, then the one that
/// comes first.
/// </summary>
public static class Plurality
{
    /// <param name="Winner">Its number as <see cref="Ballot.Party"/> has it.</param>
    /// <param name="First">The index of its first ballot.</param>
    /// <param name="IsDecided">Whether any two ballots are for the same; else the winner is just that of the heaviest ballot.</param>
    public readonly record struct Result(int Winner, int First, bool IsDecided);

    /// <returns>Null where all abstain.</returns>
    public static Result? Decide(IReadOnlyList<Ballot> ballots)
    {
        var parties = Count(ballots);
        if (parties.Count == 0)
        {
            return null;
        }

        var isDecided = ballots.Count == 1 || parties.Exists(static party => party.Size > 1);
        var winner = isDecided
            ? parties.MaxBy(static party => (party.Weight, party.MaxWeight, -party.First))
            : parties.MaxBy(static party => (party.MaxWeight, -party.First));
        return new Result(winner.Name, winner.First, isDecided);
    }

    /// <summary>Whether further ballots of the given weight cannot change the winner.</summary>
    public static bool IsSettled(IReadOnlyList<Ballot> ballots, double outstandingWeight)
    {
        var parties = Count(ballots).OrderByDescending(static party => party.Weight).ToArray();
        return parties.Length > 0 && parties[0].Size > 1
            && parties[0].Weight > (parties.Length > 1 ? parties[1].Weight : 0) + outstandingWeight;
    }

    // In the order in which they first appear. A panel is small: a list is searched faster than a table is built.
    private static List<Party> Count(IReadOnlyList<Ballot> ballots)
    {
        var parties = new List<Party>(ballots.Count);
        for (var index = 0; index < ballots.Count; index++)
        {
            if (ballots[index] is not { Party: { } name } ballot)
            {
                continue;
            }

            var place = parties.FindIndex(party => party.Name == name);
            if (place < 0)
            {
                parties.Add(new Party(name, index, 1, ballot.Weight, ballot.Weight));
            }
            else
            {
                var party = parties[place];
                parties[place] = party with
                {
                    Size = party.Size + 1,
                    Weight = party.Weight + ballot.Weight,
                    MaxWeight = Math.Max(party.MaxWeight, ballot.Weight),
                };
            }
        }

        return parties;
    }

    private readonly record struct Party(int Name, int First, int Size, double Weight, double MaxWeight);
}
