using Ensemble.Catalog;

namespace Ensemble.Storage.Sql;

/// <summary>
/// The catalog in a database. The row with the revision is what writers contend for: the first to raise it has written, and every
/// other one finds another revision than expected.
/// </summary>
internal sealed class SqlCatalogStore(SqlDatabase database) : ICatalogStore
{
    // One statement sees one moment, so neither database needs a transaction for it.
    private const string Read =
        "SELECT r.revision, e.kind, e.name, e.json, e.version FROM catalog_revision r LEFT JOIN catalog_entries e ON r.id = 1";

    private const string ReadRevision = "SELECT revision FROM catalog_revision";
    private const string Raise = "UPDATE catalog_revision SET revision = revision + 1 WHERE revision = @expected";
    private const string Delete = "DELETE FROM catalog_entries WHERE kind = @kind AND name = @name";

    private const string Upsert =
        "INSERT INTO catalog_entries (kind, name, json, version) VALUES (@kind, @name, @json, @version) "
        + "ON CONFLICT (kind, name) DO UPDATE SET json = excluded.json, version = excluded.version";

    private static readonly Comparer<CatalogEntry> ByKindThenName = Comparer<CatalogEntry>.Create(static (x, y) =>
        x.Kind != y.Kind ? x.Kind.CompareTo(y.Kind) : string.CompareOrdinal(x.Name, y.Name));

    public Task<CatalogDocument> ReadAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(ReadAllAsync, SqlDatabase.BackgroundTimeout, cancellationToken);

    public Task<long> ReadRevisionAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            static async session => (await session.QueryAsync(ReadRevision, static row => row.GetInt64(0)))[0], cancellationToken);

    public async Task<long?> WriteAsync(IReadOnlyList<CatalogChange> changes, long expectedRevision, CancellationToken cancellationToken)
    {
        var written = await database.WriteAsync(
            session => session.TransactAsync(transaction => WriteAllAsync(transaction, changes, expectedRevision)),
            Durability.PowerCut,
            SqlDatabase.BackgroundTimeout, cancellationToken);
        if (written is { } revision)
        {
            database.OnRevisionWritten(revision);
        }

        return written;
    }

    public IAsyncEnumerable<long> WatchAsync(CancellationToken cancellationToken) => database.WatchRevisionsAsync(cancellationToken);

    private static async Task<CatalogDocument> ReadAllAsync(SqlSession session)
    {
        var rows = await session.QueryAsync(Read, static row => (
            Revision: row.GetInt64(0),
            Entry: row.IsDBNull(1)
                ? null
                : new CatalogEntry(ReadKind(row.GetString(1)), row.GetString(2), row.GetFieldValue<byte[]>(3), row.GetInt64(4))));
        return new CatalogDocument(rows[0].Revision, [.. rows.Select(row => row.Entry).OfType<CatalogEntry>().Order(ByKindThenName)]);
    }

    private static CatalogEntryKind ReadKind(string word) => EnumNames<CatalogEntryKind>.Find(word)
        ?? throw new StorageException("The database holds a catalog entry of a kind that this version does not know.", isTransient: false);

    private async Task<long?> WriteAllAsync(SqlSession session, IReadOnlyList<CatalogChange> changes, long expectedRevision)
    {
        if (await session.ExecuteAsync(Raise, ("expected", expectedRevision)) == 0)
        {
            return null;
        }

        var revision = expectedRevision + 1;
        foreach (var change in changes)
        {
            (string, object) kind = ("kind", EnumNames<CatalogEntryKind>.Of(change.Kind));
            (string, object) name = ("name", change.Name);
            await (change.Json is { } json
                ? session.ExecuteAsync(Upsert, kind, name, ("json", json), ("version", revision))
                : session.ExecuteAsync(Delete, kind, name));
        }

        if (database.Dialect.AnnounceRevision is { } announce)
        {
            await session.QueryAsync(announce, static _ => 0, ("revision", revision));
        }

        return revision;
    }
}
