namespace Ensemble.Gates;

/// <summary>
/// Counts what happened in a span of time, in buckets. A bucket counts whole as long as any part of it lies within the span: an
/// amount is counted for up to one bucket too long and never too short, so no span of this length, wherever it begins, sees more than
/// a limit that is kept here. Times are in milliseconds since 1970 and never go back.
/// </summary>
internal sealed class SlidingWindow
{
    private readonly long _bucketLength;
    private readonly long[] _counts;
    private long _newest;

    public SlidingWindow(TimeSpan span, TimeSpan bucket)
    {
        _bucketLength = (long)bucket.TotalMilliseconds;

        // One more than fit: the span touches a part of the oldest, and a part of the newest.
        _counts = new long[(int)(span.Ticks / bucket.Ticks) + 1];
    }

    public long Total { get; private set; }

    public void Advance(long now)
    {
        var newest = now / _bucketLength;
        var steps = Math.Min(newest - _newest, _counts.Length);
        for (var step = 1L; step <= steps; step++)
        {
            ref var count = ref _counts[(_newest + step) % _counts.Length];
            Total -= count;
            count = 0;
        }

        _newest = Math.Max(_newest, newest);
    }

    /// <summary>Adds to what was counted at a time, or takes away; what has left the window meanwhile counts no more.</summary>
    public void Add(long at, long amount)
    {
        var bucket = at / _bucketLength;
        if (bucket <= _newest && bucket > _newest - _counts.Length)
        {
            _counts[bucket % _counts.Length] += amount;
            Total += amount;
        }
    }

    /// <returns>Milliseconds until no more than <paramref name="most"/> is counted, if nothing is added.</returns>
    public long TimeUntil(long most, long now)
    {
        var left = Total;
        for (var bucket = Math.Max(0, _newest - _counts.Length + 1); left > most && bucket <= _newest; bucket++)
        {
            left -= _counts[bucket % _counts.Length];
            if (left <= most)
            {
                return ((bucket + _counts.Length) * _bucketLength) - now;
            }
        }

        return 0;
    }

    /// <returns>Milliseconds until nothing is counted, if nothing is added.</returns>
    public long TimeUntilEmpty(long now)
    {
        for (var bucket = _newest; bucket > _newest - _counts.Length && bucket >= 0; bucket--)
        {
            if (_counts[bucket % _counts.Length] != 0)
            {
                return ((bucket + _counts.Length) * _bucketLength) - now;
            }
        }

        return 0;
    }

    /// <summary>The buckets that are not empty, oldest first.</summary>
    public IEnumerable<(long Bucket, long Count)> Buckets()
    {
        for (var bucket = Math.Max(0, _newest - _counts.Length + 1); bucket <= _newest; bucket++)
        {
            if (_counts[bucket % _counts.Length] is var count and not 0)
            {
                yield return (bucket, count);
            }
        }
    }

    /// <summary>Adds to a bucket of another clock; of one that is ahead, to the newest here.</summary>
    public void Correct(long bucket, long count) => Add(Math.Min(bucket, _newest) * _bucketLength, count);

    public void Restore(long bucket, long count) => Add(bucket * _bucketLength, count);
}
