namespace Ensemble.Storage.Sql;

/// <summary>A column that is written from rows.</summary>
internal abstract class SqlColumn<TRow>(string name)
{
    public string Name => name;

    /// <summary>Its value in a row, as a parameter takes it.</summary>
    public abstract object One(TRow row);

    /// <summary>Its values in all rows, as a parameter takes them where the database has arrays.</summary>
    public abstract Array All(IReadOnlyList<TRow> rows);
}

/// <inheritdoc/>
internal sealed class SqlColumn<TRow, T>(string name, Func<TRow, T> read) : SqlColumn<TRow>(name)
{
    public override object One(TRow row) => (object?)read(row) ?? DBNull.Value;

    public override Array All(IReadOnlyList<TRow> rows)
    {
        var values = new T[rows.Count];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = read(rows[index]);
        }

        return values;
    }
}
