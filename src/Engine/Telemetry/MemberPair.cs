using Ensemble.Usage;

namespace Ensemble.Telemetry;

/// <summary>Two models of a panel whose answers were compared.</summary>
/// <param name="First">The alias that comes first.</param>
internal readonly record struct MemberPair(string First, string Second, bool Agree)
{
    /// <returns>Every two compared answers of different members, once.</returns>
    public static IEnumerable<MemberPair> Of(RunManifest run) =>
        from pair in CandidatePair.Of(run)
        let first = Alias(run, pair.Left)
        let second = Alias(run, pair.Right)
        where first is not null && second is not null
        select string.CompareOrdinal(first, second) <= 0
            ? new MemberPair(first, second, pair.Agree)
            : new MemberPair(second, first, pair.Agree);

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
