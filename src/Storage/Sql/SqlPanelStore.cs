using Ensemble.Runs;

namespace Ensemble.Storage.Sql;

/// <summary>What replays need, in a database.</summary>
internal sealed class SqlPanelStore(SqlDatabase database) : IPanelStore
{
    private const string Save =
        """
        INSERT INTO run_panels (run, payload, expires_at) VALUES (@run, @payload, @expires_at)
        ON CONFLICT (run) DO UPDATE SET payload = excluded.payload, expires_at = excluded.expires_at
        """;

    private const string Find = "SELECT payload FROM run_panels WHERE run = @run AND expires_at > @now";

    private const string Delete =
        "DELETE FROM run_panels WHERE run IN (SELECT run FROM run_panels WHERE expires_at <= @now ORDER BY expires_at LIMIT @limit";

    // A panel that was written again between the two is not to be deleted.
    private const string StillExpired = ") AND expires_at <= @now";

    public Task SaveAsync(
        RunId run, ReadOnlyMemory<byte> payload, DateTimeOffset expiresAt, CancellationToken cancellationToken) => database.WriteAsync(
        session => session.ExecuteAsync(Save, ("run", run.Value), ("payload", payload), ("expires_at", expiresAt.ToUnixTimeMilliseconds())),
        Durability.ProcessEnd,
        cancellationToken);

    public async Task<byte[]?> FindAsync(RunId run, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            session => session.QueryAsync(
                Find, static row => row.GetFieldValue<byte[]>(0), ("run", run.Value), ("now", now.ToUnixTimeMilliseconds())),
            cancellationToken);
        return rows is [var payload] ? payload : null;
    }

    public Task<int> DeleteExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => database.WriteAsync(
        session => session.ExecuteAsync(
            Delete + database.Dialect.SkipLocked + StillExpired, ("now", now.ToUnixTimeMilliseconds()), ("limit", limit)),
        Durability.ProcessEnd,
        SqlDatabase.BackgroundTimeout, cancellationToken);
}
