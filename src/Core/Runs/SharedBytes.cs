namespace Ensemble.Runs;

/// <summary>Bytes of a budget that several parts of one process hold together: they count once, until the last part returns them. Thread-safe.</summary>
/// <param name="bytes">Taken from the budget already.</param>
public sealed class SharedBytes(ByteBudget budget, long bytes)
{
    private int _holders = 1;

    /// <returns>False where all holders have returned them.</returns>
    public bool TryShare()
    {
        for (var holders = Volatile.Read(ref _holders); holders > 0;)
        {
            var seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (seen == holders)
            {
                return true;
            }

            holders = seen;
        }

        return false;
    }

    /// <summary>Once a holder.</summary>
    public void Return()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            budget.Return(bytes);
        }
    }
}
