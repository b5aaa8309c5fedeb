namespace Ensemble.Storage.Sql;

/// <summary>A column that is written from rows.</summary>
internal abstract class SqlColumn<TRow>(string name)
{
    public string Name => name;

    /// <summary>Hands on its value in a row.</summary>
    public abstract void Write(ISqlValues values, TRow row, LedgerNames names);

    /// <summary>Its values in all rows, as a parameter takes them where the database has arrays.</summary>
    public abstract Array All(IReadOnlyList<TRow> rows, LedgerNames names);
}

/// <inheritdoc/>
internal sealed class SqlColumn<TRow, T>(string name, Func<TRow, LedgerNames, T> read) : SqlColumn<TRow>(name)
{
    public override void Write(ISqlValues values, TRow row, LedgerNames names) => values.Add(read(row, names));

    public override Array All(IReadOnlyList<TRow> rows, LedgerNames names) =>
        typeof(T) == typeof(RunId) ? Read(rows, names, static value => new Guid(((RunId)(object)value!).Value)) : Read(
            rows, names, static value => value);

    private TValue[] Read<TValue>(IReadOnlyList<TRow> rows, LedgerNames names, Func<T, TValue> convert)
    {
        var values = new TValue[rows.Count];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = convert(read(rows[index], names));
        }

        return values;
    }
}
