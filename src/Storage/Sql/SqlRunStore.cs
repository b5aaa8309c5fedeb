using Ensemble.Runs;

namespace Ensemble.Storage.Sql;

/// <summary>Answers and claims in a database.</summary>
internal sealed class SqlRunStore(SqlDatabase database) : IRunStore
{
    private const string SaveAnswer =
        "INSERT INTO run_answers (run, step, member, sample, payload, expires_at) VALUES (@run, @step, @member, @sample, @payload, "
        + "@expires_at) "
        + "ON CONFLICT (run, step, member, sample) DO UPDATE SET payload = excluded.payload, expires_at = excluded.expires_at WHERE run_answers.expires_at <= @now";

    private const string LoadAnswers = "SELECT step, member, sample, payload FROM run_answers WHERE run = @run AND expires_at > @now";

    // The row is written even where the earlier claim stays: this way one statement says who holds it, and nobody comes between.
    private const string Claim =
        """
        INSERT INTO run_claims (scope, run, request_hash, expires_at) VALUES (@scope, @run, @request_hash, @expires_at)
        ON CONFLICT (scope) DO UPDATE SET
            run = CASE WHEN run_claims.expires_at <= @now THEN excluded.run ELSE run_claims.run END,
            request_hash = CASE WHEN run_claims.expires_at <= @now THEN excluded.request_hash ELSE run_claims.request_hash END,
            expires_at = CASE WHEN run_claims.expires_at <= @now THEN excluded.expires_at ELSE run_claims.expires_at END
        RETURNING run, request_hash, expires_at
        """;

    private const string TakeClaim = "DELETE FROM run_claims WHERE scope = @scope RETURNING run, request_hash, expires_at";

    private const string DeleteAnswers =
        """
        DELETE FROM run_answers WHERE (run, step, member, sample) IN (
            SELECT run, step, member, sample FROM run_answers WHERE expires_at <= @now ORDER BY expires_at LIMIT @limit
        """;

    private const string DeleteClaims =
        "DELETE FROM run_claims WHERE scope IN (SELECT scope FROM run_claims WHERE expires_at <= @now ORDER BY expires_at LIMIT @limit";

    // A key that was claimed again between the two is not to be deleted.
    private const string StillExpired = ") AND expires_at <= @now";

    public Task SaveAnswerAsync(RunId run, StoredAnswer answer, DateTimeOffset expiresAt, DateTimeOffset now, CancellationToken cancellationToken) => database.WriteAsync(
        session => session.ExecuteAsync(
            SaveAnswer,
            ("run", run.Value),
            ("step", EnumNames<SubCallStep>.Of(answer.Key.Step)),
            ("member", answer.Key.Member),
            ("sample", answer.Key.Sample),
            ("payload", answer.Payload),
            ("expires_at", expiresAt.ToUnixTimeMilliseconds()),
            ("now", now.ToUnixTimeMilliseconds())),
        Durability.ProcessEnd,
        cancellationToken);

    public Task<IReadOnlyList<StoredAnswer>> LoadAnswersAsync(RunId run, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<StoredAnswer>>(
            async session =>
            {
                var rows = await session.QueryAsync(
                    LoadAnswers,

                    // A step that only a newer version takes is nothing that this one could use.
                    static row => EnumNames<SubCallStep>.Find(row.GetString(0)) is { } step
                        ? new StoredAnswer(new SubCallKey(step, row.GetInt32(1), row.GetInt32(2)), row.GetFieldValue<byte[]>(3))
                        : null,
                    ("run", run.Value),
                    ("now", now.ToUnixTimeMilliseconds()));
                return [.. rows.OfType<StoredAnswer>().Order(StoredAnswer.ByKey)];
            },
            cancellationToken);

    public async Task<RunClaim> ClaimAsync(RunClaim claim, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var rows = await database.WriteAsync(
            session => session.QueryAsync(
                Claim,
                row => new RunClaim(
                    claim.Scope, ReadRun(row.GetString(0)), row.GetFieldValue<byte[]>(1),
                    DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2))),
                ("scope", claim.Scope),
                ("run", claim.Run.Value),
                ("request_hash", claim.RequestHash),
                ("expires_at", claim.ExpiresAt.ToUnixTimeMilliseconds()),
                ("now", now.ToUnixTimeMilliseconds())),
            Durability.ProcessEnd,
            cancellationToken);
        return rows[0];
    }

    public async Task<RunClaim?> TakeClaimAsync(string scope, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var rows = await database.WriteAsync(
            session => session.QueryAsync(
                TakeClaim,
                row => new RunClaim(
                    scope, ReadRun(row.GetString(0)), row.GetFieldValue<byte[]>(1),
                    DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2))),
                ("scope", scope)),
            Durability.ProcessEnd,
            cancellationToken);
        return rows is [var claim] && claim.ExpiresAt > now ? claim : null;
    }

    public Task<int> DeleteExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        (string, object)[] parameters = [("now", now.ToUnixTimeMilliseconds()), ("limit", limit)];
        return database.WriteAsync(
            async session =>
                await session.ExecuteAsync(DeleteAnswers + database.Dialect.SkipLocked + StillExpired, parameters)
                + await session.ExecuteAsync(DeleteClaims + database.Dialect.SkipLocked + StillExpired, parameters),
            Durability.ProcessEnd,
            SqlDatabase.BackgroundTimeout, cancellationToken);
    }

    private static RunId ReadRun(string text) => RunId.TryParse(text, out var run)
        ? run
        : throw new StorageException("The database holds a claim whose run is no run's name.", isTransient: false);
}
