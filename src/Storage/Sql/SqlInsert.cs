namespace Ensemble.Storage.Sql;

/// <summary>
/// Inserts many rows at once. PostgreSQL takes one statement with an array a column: one round trip, and no table beside the real one, as a
/// COPY with conflicts would need. SQLite has no round trips to save, and takes a prepared statement row by row.
/// </summary>
/// <param name="onConflict">What becomes of a row whose key is there: the end of the statement, from ON CONFLICT.</param>
internal sealed class SqlInsert<TRow>(string table, string onConflict, IReadOnlyList<SqlColumn<TRow>> columns)
{
    private readonly string _each =
        $"INSERT INTO {table} ({Join(columns, "")}) VALUES ({Join(columns, "@")}) {onConflict}";

    private readonly string _all =
        $"INSERT INTO {table} ({Join(columns, "")}) SELECT * FROM unnest({Join(columns, "@")}) {onConflict}";

    /// <summary>Within the session's transaction.</summary>
    public async Task ExecuteAsync(SqlSession session, SqlDialect dialect, IReadOnlyList<TRow> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        if (dialect.HasArrays)
        {
            await session.ExecuteAsync(_all, [.. columns.Select(column => (column.Name, (object)column.All(rows)))]);
        }
        else
        {
            await session.ExecuteEachAsync(_each, columns, rows);
        }
    }

    private static string Join(IReadOnlyList<SqlColumn<TRow>> columns, string prefix) => string.Join(", ", columns.Select(column => prefix + column.Name));
}
