namespace Ensemble.Storage.Sql;

/// <summary>How rows of a kind are inserted into their table.</summary>
/// <param name="onConflict">What becomes of a row whose key is there: the end of a statement, from ON CONFLICT.</param>
internal sealed class SqlInsert<TRow>(string table, string onConflict, IReadOnlyList<SqlColumn<TRow>> columns)
{
    public IReadOnlyList<SqlColumn<TRow>> Columns => columns;

    /// <summary>As <c>table (column, …)</c>.</summary>
    public string Target { get; } = $"{table} ({string.Join(", ", columns.Select(static column => column.Name))})";

    /// <summary>For one row, with a parameter a column.</summary>
    public string One => $"INSERT INTO {Target} VALUES ({string.Join(", ", columns.Select(static column => "@" + column.Name))}) {onConflict}";

    /// <summary>For all rows, with an array a column.</summary>
    public string All => $"INSERT INTO {Target} SELECT * FROM unnest({string.Join(", ", columns.Select(static column => "@" + column.Name))}) {onConflict}";
}
