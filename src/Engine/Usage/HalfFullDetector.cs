namespace Ensemble.Usage;

/// <summary>Notices that something bounded becomes half full: once, until less than a quarter is taken again. Thread-safe.</summary>
/// <param name="capacity">What fits in, in any unit.</param>
public sealed class HalfFullDetector(long capacity)
{
    private int _isNoticed;

    /// <param name="taken">What is in now.</param>
    /// <returns>Whether this is to be told.</returns>
    public bool Crosses(long taken)
    {
        if (Volatile.Read(ref _isNoticed) == 0)
        {
            return taken >= capacity - taken && Interlocked.Exchange(ref _isNoticed, 1) == 0;
        }

        if (taken < capacity / 4)
        {
            Volatile.Write(ref _isNoticed, 0);
        }

        return false;
    }
}
