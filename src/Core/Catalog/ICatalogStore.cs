namespace Ensemble.Catalog;

/// <summary>Where a catalog that can be edited is kept. Knows no rule of the catalog: entries are JSON with a name.</summary>
public interface ICatalogStore
{
    /// <summary>Revision and entries, all of one moment.</summary>
    Task<CatalogDocument> ReadAsync(CancellationToken cancellationToken);

    Task<long> ReadRevisionAsync(CancellationToken cancellationToken);

    /// <summary>Makes all changes, or none where the stored revision is no longer the expected one. Durable when it returns.</summary>
    /// <returns>The new revision, one above the expected; null where somebody else wrote first.</returns>
    Task<long?> WriteAsync(IReadOnlyList<CatalogChange> changes, long expectedRevision, CancellationToken cancellationToken);

    /// <summary>
    /// Announces revisions that were written, by this process or another. Announcements may be missing or come twice: a reader that
    /// needs all of them compares <see cref="ReadRevisionAsync"/> from time to time as well. Ends only when cancelled.
    /// </summary>
    IAsyncEnumerable<long> WatchAsync(CancellationToken cancellationToken);
}
