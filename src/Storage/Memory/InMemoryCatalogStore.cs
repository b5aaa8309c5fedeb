using Ensemble.Catalog;

namespace Ensemble.Storage.Memory;

/// <summary>A catalog that lives as long as its process.</summary>
public sealed class InMemoryCatalogStore : ICatalogStore
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<(CatalogEntryKind Kind, string Name), CatalogEntry> _entries = new(new ByKindThenName());
    private readonly RevisionNotifier _written = new();
    private long _revision;

    public Task<CatalogDocument> ReadAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult(new CatalogDocument(_revision, [.. _entries.Values]));
        }
    }

    public Task<long> ReadRevisionAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult(_revision);
        }
    }

    public Task<long?> WriteAsync(IReadOnlyList<CatalogChange> changes, long expectedRevision, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_revision != expectedRevision)
            {
                return Task.FromResult<long?>(null);
            }

            _revision++;
            foreach (var change in changes)
            {
                if (change.Json is { } json)
                {
                    _entries[(change.Kind, change.Name)] = new CatalogEntry(change.Kind, change.Name, json, _revision);
                }
                else
                {
                    _entries.Remove((change.Kind, change.Name));
                }
            }

            _written.Announce(_revision);
            return Task.FromResult<long?>(_revision);
        }
    }

    public IAsyncEnumerable<long> WatchAsync(CancellationToken cancellationToken) => _written.ListenAsync(cancellationToken);

    private sealed class ByKindThenName : IComparer<(CatalogEntryKind Kind, string Name)>
    {
        public int Compare((CatalogEntryKind Kind, string Name) x, (CatalogEntryKind Kind, string Name) y) =>
            x.Kind != y.Kind ? x.Kind.CompareTo(y.Kind) : string.CompareOrdinal(x.Name, y.Name);
    }
}
