namespace Ensemble.Grains.Usage;

/// <summary>Who watches, each for as long as it says so again. Not thread-safe.</summary>
internal sealed class UsageLeases(TimeProvider time)
{
    /// <summary>Watching frontends at most.</summary>
    public const int Most = 256;

    private readonly Dictionary<string, long> _renewed = new(StringComparer.Ordinal);
    private readonly Guid _epoch = Guid.NewGuid();

    /// <returns>Whether the address was not known.</returns>
    /// <exception cref="InvalidOperationException">There are <see cref="Most"/> others.</exception>
    public bool Renew(string address)
    {
        Forget();
        if (_renewed.Count >= Most && !_renewed.ContainsKey(address))
        {
            throw new InvalidOperationException($"{Most} frontends watch already.");
        }

        var isNew = !_renewed.ContainsKey(address);
        _renewed[address] = time.GetTimestamp();
        return isNew;
    }

    public void Leave(string address) => _renewed.Remove(address);

    public UsageWatchList List()
    {
        Forget();
        return new UsageWatchList { Epoch = _epoch, Addresses = [.. _renewed.Keys] };
    }

    private void Forget()
    {
        foreach (var (address, renewed) in _renewed)
        {
            if (time.GetElapsedTime(renewed) >= UsageStreams.Lease)
            {
                _renewed.Remove(address);
            }
        }
    }
}
