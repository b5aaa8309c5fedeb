using Ensemble.Catalog;
using Ensemble.Models;

namespace Ensemble.Runs;

/// <summary>
/// Keeps a run within its budget: what a call may take at most is reserved before it is made, and what it took stands in its place
/// afterwards. The prompt is an estimate, and where neither the caller nor the catalog limits the answer its length is, too: by that much a
/// run may end above its budget. Thread-safe.
/// </summary>
internal sealed class RunBudget(BudgetConfig limits)
{
    private readonly Lock _lock = new();
    private int _calls;
    private long _tokens;
    private decimal _cost;
    private bool _isExceeded;

    /// <summary>Whether a call did not fit.</summary>
    public bool IsExceeded
    {
        get
        {
            lock (_lock)
            {
                return _isExceeded;
            }
        }
    }

    /// <returns>What has to be settled; null where the call does not fit.</returns>
    public Reservation? TryReserve(ModelCall call)
    {
        if (!limits.IsSet)
        {
            return Reservation.Nothing;
        }

        var (tokens, cost) = CallTokens.Ceiling(call);
        lock (_lock)
        {
            if (_calls + 1 > limits.MaxCalls || _tokens + tokens > limits.MaxTokens || _cost + cost > limits.MaxCostUsd)
            {
                _isExceeded = true;
                return null;
            }

            _calls++;
            _tokens += tokens;
            _cost += cost;
        }

        return new Reservation(tokens, cost);
    }

    /// <param name="tokens">Prompt and answer as they were counted, or estimated; null = nobody knows, and the reservation stands.</param>
    /// <param name="cost">US dollars; null = nobody knows.</param>
    public void Settle(Reservation reservation, long? tokens, decimal? cost)
    {
        if (reservation != Reservation.Nothing)
        {
            lock (_lock)
            {
                _tokens += (tokens ?? reservation.Tokens) - reservation.Tokens;
                _cost += (cost ?? reservation.Cost) - reservation.Cost;
            }
        }
    }

    /// <summary>The call is not made.</summary>
    public void Return(Reservation reservation)
    {
        if (reservation != Reservation.Nothing)
        {
            lock (_lock)
            {
                _calls--;
                _tokens -= reservation.Tokens;
                _cost -= reservation.Cost;
            }
        }
    }

    /// <summary>What is held for a call.</summary>
    internal sealed record Reservation(long Tokens, decimal Cost)
    {
        public static readonly Reservation Nothing = new(0, 0);
    }
}
