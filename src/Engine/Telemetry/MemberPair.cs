using Ensemble.Usage;

namespace Ensemble.Telemetry;

/// <summary>Two members of a panel whose answers were compared.</summary>
/// <param name="First">The alias that comes first.</param>
internal readonly record struct MemberPair(string First, string Second, bool Agree)
{
    /// <returns>Every two compared answers of different members, once.</returns>
    public static IEnumerable<MemberPair> Of(RunManifest run)
    {
        var candidates = run.Candidates;
        for (var left = 0; left < candidates.Count; left++)
        {
            if (candidates[left].Cluster is not { } cluster || Alias(run, candidates[left]) is not { } alias)
            {
                continue;
            }

            for (var right = left + 1; right < candidates.Count; right++)
            {
                if (candidates[right].Member != candidates[left].Member
                    && candidates[right].Cluster is { } other && Alias(run, candidates[right]) is { } otherAlias)
                {
                    yield return string.CompareOrdinal(alias, otherAlias) <= 0
                        ? new MemberPair(alias, otherAlias, cluster == other)
                        : new MemberPair(otherAlias, alias, cluster == other);
                }
            }
        }
    }

    private static string? Alias(RunManifest run, CandidateManifest candidate)
    {
        foreach (var subCall in run.SubCalls)
        {
            if (subCall.Usage is { Role: SubCallRole.Panel, Key.Step: SubCallStep.Candidate } usage && usage.Key.Member == candidate.Member)
            {
                return usage.Model;
            }
        }

        return null;
    }
}
