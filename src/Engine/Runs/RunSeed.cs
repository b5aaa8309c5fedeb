namespace Ensemble.Runs;

/// <summary>Seeds that follow from a run's name, so that executing a run again shuffles and labels as before.</summary>
public static class RunSeed
{
    /// <param name="purpose">Keeps two uses in one run apart.</param>
    public static Random For(RunId run, string purpose) => new(Hash(run.Value, purpose));

    // FNV-1a: stable over processes and versions, which string.GetHashCode is not.
    private static int Hash(string run, string purpose)
    {
        var hash = 2166136261u;
        foreach (var character in run.AsSpan())
        {
            hash = (hash ^ character) * 16777619u;
        }

        foreach (var character in purpose.AsSpan())
        {
            hash = (hash ^ character) * 16777619u;
        }

        return unchecked((int)hash);
    }
}
