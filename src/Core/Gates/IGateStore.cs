namespace Ensemble.Gates;

/// <summary>Keeps the states of gates over restarts and moves. Gates are named as <c>model:NAME</c>.</summary>
public interface IGateStore
{
    /// <summary>Makes the caller the gate's keeper: raises the epoch, so that no earlier keeper writes any more.</summary>
    Task<StoredGate> TakeOverAsync(string gate, CancellationToken cancellationToken);

    /// <returns>False, and nothing was written, where <paramref name="epoch"/> is not the stored one: somebody else took over.</returns>
    Task<bool> SaveAsync(string gate, long epoch, ReadOnlyMemory<byte> snapshot, CancellationToken cancellationToken);
}
