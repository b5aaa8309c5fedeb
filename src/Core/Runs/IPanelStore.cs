namespace Ensemble.Runs;

/// <summary>Keeps what replays of runs need: one payload a run, which is opaque here.</summary>
public interface IPanelStore
{
    /// <summary>Of a payload: 4 MiB.</summary>
    const int MaxPayloadBytes = 4 * 1024 * 1024;

    /// <summary>
    /// Stores a run's payload, at most <see cref="MaxPayloadBytes"/>. It takes the place of an earlier one, since a later incarnation knows
    /// more.
    /// </summary>
    Task SaveAsync(RunId run, ReadOnlyMemory<byte> payload, DateTimeOffset expiresAt, CancellationToken cancellationToken);

    /// <returns>Null where there is none that has not expired.</returns>
    Task<byte[]?> FindAsync(RunId run, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Removes expired payloads, at most <paramref name="limit"/>.</summary>
    /// <returns>How many went.</returns>
    Task<int> DeleteExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);
}
