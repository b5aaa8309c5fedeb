using Ensemble.Gates;

namespace Ensemble.Storage.Sql;

/// <summary>
/// Gates in a database. Both operations are single statements, so a save either came before a take-over, which then hands it on, or
/// after it, and changes nothing.
/// </summary>
internal sealed class SqlGateStore(SqlDatabase database, TimeProvider time) : IGateStore
{
    private const string TakeOver =
        "INSERT INTO gates (gate, epoch) VALUES (@gate, 1) ON CONFLICT (gate) DO UPDATE SET epoch = gates.epoch + 1 RETURNING epoch, "
        + "snapshot";

    private const string Save = "UPDATE gates SET snapshot = @snapshot, saved_at = @saved_at WHERE gate = @gate AND epoch = @epoch";

    public async Task<StoredGate> TakeOverAsync(string gate, CancellationToken cancellationToken)
    {
        var rows = await database.WriteAsync(
            session => session.QueryAsync(
                TakeOver,
                static row => row.IsDBNull(1) ? new StoredGate(row.GetInt64(0), null) : new StoredGate(
                    row.GetInt64(0), row.GetFieldValue<byte[]>(1)),
                ("gate", gate)),
            Durability.ProcessEnd,
            cancellationToken);
        return rows[0];
    }

    public async Task<bool> SaveAsync(string gate, long epoch, ReadOnlyMemory<byte> snapshot, CancellationToken cancellationToken)
    {
        StoredGate.CheckSnapshot(snapshot);
        var savedAt = time.GetUtcNow().ToUnixTimeMilliseconds();
        var rows = await database.WriteAsync(
            session => session.ExecuteAsync(Save, ("snapshot", snapshot), ("saved_at", savedAt), ("gate", gate), ("epoch", epoch)),
            Durability.ProcessEnd,
            cancellationToken);
        return rows == 1;
    }
}
