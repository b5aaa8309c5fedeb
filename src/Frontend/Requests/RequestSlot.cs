using Ensemble.Runs;

namespace Ensemble.Frontend.Requests;

/// <summary>
/// A request's slot, and the bytes of its body until its answer is written: a run that is lost with its silo is sent to another.
/// Of one thread at a time.
/// </summary>
internal sealed class RequestSlot(RequestSlots slots, ByteBudget buffers) : IDisposable
{
    private long _held;
    private bool _isLeft;

    /// <summary>The body's bytes, for a run in this process to share; null while it is not whole.</summary>
    public SharedBytes? Body { get; private set; }

    /// <returns>False where so many more bytes would be too much now; they are not held.</returns>
    public bool HasRoomFor(long bytes)
    {
        var hasRoom = buffers.HasRoomFor(bytes);
        if (!hasRoom)
        {
            slots.Refuse(bytes);
        }

        return hasRoom;
    }

    /// <returns>False where so many more bytes would be too much.</returns>
    public bool TryReserve(long bytes)
    {
        if (!buffers.TryTake(bytes))
        {
            slots.Refuse(bytes);
            return false;
        }

        _held += bytes;
        return true;
    }

    /// <summary>Says how many bytes the body takes now that it is whole.</summary>
    public void SetReserved(long bytes)
    {
        buffers.Return(_held - bytes);
        _held = 0;
        Body = new SharedBytes(buffers, bytes);
    }

    /// <summary>Counts another body instead of the first one, which is no longer held.</summary>
    /// <returns>False where its bytes would be too many; the first body stays counted.</returns>
    public bool TryReplace(long bytes)
    {
        if (!TryReserve(bytes))
        {
            return false;
        }

        Body?.Return();
        SetReserved(bytes);
        return true;
    }

    public void Dispose()
    {
        if (!_isLeft)
        {
            _isLeft = true;

            // The place first: who sees that the bytes are free may count on it.
            slots.Leave();
            buffers.Return(_held);
            _held = 0;
            Body?.Return();
        }
    }
}
