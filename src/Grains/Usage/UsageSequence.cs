namespace Ensemble.Grains.Usage;

/// <summary>Finds out what is missing of the items of several sources, each of which counts its own from 1. Not thread-safe.</summary>
internal sealed class UsageSequence
{
    /// <summary>Sources that are remembered at most: silos, over all their restarts.</summary>
    private const int MaxSources = 1024;

    private readonly Dictionary<string, long> _last = new(StringComparer.Ordinal);

    /// <summary>Takes note of an item.</summary>
    /// <returns>Whether it is to be shown, and whether one before it did not come.</returns>
    public (bool IsNew, bool IsAfterGap) Offer(string source, long number)
    {
        var last = _last.GetValueOrDefault(source);
        if (number <= last)
        {
            return (false, false);
        }

        if (_last.Count >= MaxSources && last == 0)
        {
            _last.Clear();
        }

        _last[source] = number;
        return (true, number > last + 1);
    }

    public void Clear() => _last.Clear();
}
