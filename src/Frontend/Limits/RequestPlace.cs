using Ensemble.Runs;

namespace Ensemble.Frontend.Limits;

/// <summary>A request's place, and the bytes of its body until a run has them. Of one thread at a time.</summary>
internal sealed class RequestPlace(RequestPlaces places, ByteBudget buffers) : IDisposable
{
    private long _held;
    private bool _isLeft;

    /// <returns>False where so many more bytes would be too much.</returns>
    public bool TryHold(long bytes)
    {
        if (!buffers.TryTake(bytes))
        {
            places.Refuse(bytes);
            return false;
        }

        _held += bytes;
        return true;
    }

    /// <summary>Says that the body has gone, or that a run holds it.</summary>
    public void LetGo()
    {
        buffers.Return(_held);
        _held = 0;
    }

    public void Dispose()
    {
        if (!_isLeft)
        {
            _isLeft = true;

            // The place first: who sees that the bytes are free may count on it.
            places.Leave();
            LetGo();
        }
    }
}
