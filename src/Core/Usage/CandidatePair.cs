namespace Ensemble.Usage;

/// <summary>Two compared answers of different members.</summary>
public readonly record struct CandidatePair(CandidateManifest Left, CandidateManifest Right)
{
    public bool Agree => Left.Cluster == Right.Cluster;

    /// <returns>Every two of a run, once.</returns>
    public static IEnumerable<CandidatePair> Of(RunManifest run)
    {
        var candidates = run.Candidates;
        for (var left = 0; left < candidates.Count; left++)
        {
            for (var right = left + 1; right < candidates.Count; right++)
            {
                if (candidates[left].Cluster is not null && candidates[right].Cluster is not null
                    && candidates[left].Member != candidates[right].Member)
                {
                    yield return new CandidatePair(candidates[left], candidates[right]);
                }
            }
        }
    }
}
