namespace Ensemble.Grains.Usage;

/// <summary>
/// Who watches, as a silo last heard. A list that has begun anew takes nobody away: who is missing from it has not said again yet that it watches. Changed by one
/// thread at a time; read by any.
/// </summary>
internal sealed class UsageTargets(string silo, TimeProvider time)
{
    private volatile UsageTarget[] _all = [];
    private long _made;

    public UsageTarget[] All => _all;

    /// <param name="list">Null where nobody answered.</param>
    public void Update(UsageWatchList? list)
    {
        var now = time.GetTimestamp();
        if (list is null ? _all.Length == 0 : list.Addresses.Length == 0 && _all.Length == 0)
        {
            return;
        }

        var left = new List<UsageTarget>();
        foreach (var target in _all)
        {
            if (list is not null && list.Addresses.Contains(target.Address))
            {
                (target.Epoch, target.Seen) = (list.Epoch, now);
                left.Add(target);
            }
            else if (target.Epoch != list?.Epoch && time.GetElapsedTime(target.Seen, now) < UsageStreams.Lease)
            {
                left.Add(target);
            }
        }

        foreach (var address in list?.Addresses ?? [])
        {
            if (!left.Exists(target => target.Address == address))
            {
                left.Add(new UsageTarget(address, $"{silo}.{++_made}") { Epoch = list!.Epoch, Seen = now });
            }
        }

        _all = [.. left];
    }
}
