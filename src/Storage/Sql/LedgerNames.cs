using System.Text.Json;

namespace Ensemble.Storage.Sql;

/// <summary>
/// The numbers of names in a database. They are asked for with each batch: numbers that outlived a restored copy of the database would be
/// those of other names.
/// </summary>
internal sealed class LedgerNames
{
    private const string Insert = "INSERT INTO ledger_names (name) VALUES (@name) ON CONFLICT DO NOTHING";

    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);

    private LedgerNames()
    {
    }

    public int this[string name] => _ids[name];

    /// <returns>Null for no name.</returns>
    public int? Of(string? name) => name is null ? null : _ids[name];

    /// <summary>Within the transaction that writes the rows.</summary>
    public static async Task<LedgerNames> ReadAsync(SqlSession session, SqlDialect dialect, IReadOnlyCollection<string> names)
    {
        var found = new LedgerNames();
        await found.AddAsync(session, dialect, names);

        // In one order everywhere, so that two who add the same ones do not wait for each other in a circle.
        string[] missing = [.. names.Where(name => !found._ids.ContainsKey(name)).Order(StringComparer.Ordinal)];
        foreach (var name in missing)
        {
            await session.ExecuteAsync(Insert, ("name", name));
        }

        if (missing.Length > 0)
        {
            await found.AddAsync(session, dialect, missing);
        }

        return found;
    }

    private async Task AddAsync(SqlSession session, SqlDialect dialect, IReadOnlyCollection<string> names)
    {
        object list = dialect.HasArrays ? names.ToArray() : JsonSerializer.Serialize(names);
        foreach (var (id, name) in await session.QueryAsync(
            $"SELECT id, name FROM ledger_names WHERE name {dialect.InList("names")}", static row => (row.GetInt32(0), row.GetString(1)),
            ("names", list)))
        {
            _ids[name] = id;
        }
    }
}
