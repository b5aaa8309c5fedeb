namespace Ensemble.Grains.Usage;

/// <summary>Who watches a silo, each for as long as it says so again. Thread-safe.</summary>
/// <param name="silo">A name of the silo's own, by which its counts are told from those of others.</param>
internal sealed class UsageTargets(string silo, TimeProvider time)
{
    /// <summary>Watching frontends at most.</summary>
    public const int Max = 256;

    private readonly Lock _lock = new();
    private volatile UsageTarget[] _all = [];
    private long _made;

    public UsageTarget[] All => _all;

    /// <returns>The name under which is counted what goes there: it stays for as long as the stream is renewed in time.</returns>
    /// <exception cref="InvalidOperationException">There are <see cref="Max"/> others.</exception>
    public string Renew(string stream)
    {
        var now = time.GetTimestamp();
        lock (_lock)
        {
            RemoveExpired(now);
            if (Array.Find(_all, target => target.Stream == stream) is { } known)
            {
                known.Renewed = now;
                return known.Source;
            }

            if (_all.Length >= Max)
            {
                throw new InvalidOperationException($"{Max} frontends watch this silo already.");
            }

            var added = new UsageTarget(stream, $"{silo}.{++_made}", now);
            _all = [.. _all, added];
            return added.Source;
        }
    }

    public void Leave(string stream)
    {
        lock (_lock)
        {
            _all = Array.FindAll(_all, target => target.Stream != stream);
        }
    }

    /// <summary>Forgets those that have not said again in time that they watch.</summary>
    public void RemoveExpired()
    {
        lock (_lock)
        {
            RemoveExpired(time.GetTimestamp());
        }
    }

    private void RemoveExpired(long now)
    {
        if (Array.Exists(_all, IsExpired))
        {
            _all = Array.FindAll(_all, target => !IsExpired(target));
        }

        bool IsExpired(UsageTarget target) => time.GetElapsedTime(target.Renewed, now) >= UsageStreams.Lease;
    }
}
