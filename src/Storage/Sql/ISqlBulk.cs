using System.Data.Common;

namespace Ensemble.Storage.Sql;

/// <summary>Inserts many rows in the way that costs a database least.</summary>
internal interface ISqlBulk
{
    /// <summary>Within a transaction of the connection.</summary>
    /// <param name="isRepeated">
    /// Whether keys may be there already. Without it the statement may fail for such a key, with SQLSTATE <see cref="UniqueViolation"/>,
    /// and is to be repeated with it in a new transaction.
    /// </param>
    /// <returns>
    /// The rows that were not there: all, unless the insert has a <see cref="SqlInsert{TRow}.Key"/>, and skips rows that are there.
    /// </returns>
    Task<IReadOnlyList<TRow>> InsertAsync<TRow>(
        DbConnection connection, SqlInsert<TRow> insert, IReadOnlyList<TRow> rows, LedgerNames names, bool isRepeated,
        CancellationToken cancellationToken);

    const string UniqueViolation = "23505";
}

/// <summary>How rows of a kind are inserted into their table.</summary>
/// <param name="onConflict">What becomes of a row whose key is there: the end of a statement, from ON CONFLICT.</param>
internal sealed class SqlInsert<TRow>(string table, string onConflict, IReadOnlyList<SqlColumn<TRow>> columns)
{
    /// <summary>The column that identifies the inserted rows in the result; null = inserted rows are not reported.</summary>
    public SqlRowKey<TRow>? Key { get; init; }

    public IReadOnlyList<SqlColumn<TRow>> Columns => columns;

    /// <summary>As <c>table (column, …)</c>.</summary>
    public string Target { get; } = $"{table} ({string.Join(", ", columns.Select(static column => column.Name))})";

    /// <summary>For one row, with a parameter a column.</summary>
    public string One => $"INSERT INTO {Target} VALUES ({Parameters}) {onConflict}";

    /// <summary>For all rows, with an array a column.</summary>
    public string All => $"INSERT INTO {Target} SELECT * FROM unnest({Parameters}) {onConflict}";

    private string Parameters => string.Join(", ", columns.Select(static column => "@" + column.Name));
}

/// <summary>What makes a row of a table one and the same.</summary>
/// <param name="Columns">With commas between them.</param>
/// <param name="Read">Reads it from a result with these columns.</param>
/// <param name="Of">The same of a row that is to be inserted.</param>
internal sealed record SqlRowKey<TRow>(string Columns, Func<DbDataReader, object> Read, Func<TRow, object> Of);

/// <summary>Takes the values of a row, column by column, without boxing them.</summary>
internal interface ISqlValues
{
    /// <param name="value">A whole number, a <see cref="double"/>, a text, bytes, or a run's name; null where the column takes it.</param>
    void Add<T>(T value);
}
