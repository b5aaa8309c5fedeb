namespace Ensemble.Evaluation.Calls;

/// <summary>
/// Keeps an evaluation below a sum, whatever is in flight: what a call can cost at most is reserved before it is made. Thread-safe.
/// </summary>
/// <param name="max">US dollars; null = any sum.</param>
/// <param name="spent">What was paid before.</param>
internal sealed class CostCeiling(decimal? max, decimal spent)
{
    private readonly Lock _lock = new();
    private decimal _spent = spent;
    private decimal _reserved;
    private TaskCompletionSource? _settled;

    public decimal Spent
    {
        get
        {
            lock (_lock)
            {
                return _spent;
            }
        }
    }

    /// <summary>Waits for calls that are in flight where their ends may leave room for this one.</summary>
    /// <returns>False where it does not fit, and no call in flight could change that.</returns>
    public async ValueTask<bool> ReserveAsync(decimal usd, CancellationToken cancel)
    {
        while (true)
        {
            Task settled;
            lock (_lock)
            {
                if (max is null || _spent + _reserved + usd <= max)
                {
                    _reserved += usd;
                    return true;
                }

                if (_spent + usd > max || _reserved == 0)
                {
                    return false;
                }

                settled = (_settled ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await settled.WaitAsync(cancel);
        }
    }

    /// <param name="reserved">What was reserved for the call.</param>
    /// <param name="usd">What it cost.</param>
    public void Settle(decimal reserved, decimal usd)
    {
        TaskCompletionSource? settled;
        lock (_lock)
        {
            _reserved -= reserved;
            _spent += usd;
            (settled, _settled) = (_settled, null);
        }

        settled?.TrySetResult();
    }
}
