using System.Text;
using Ensemble.Catalog;
using Ensemble.Testing;

namespace Ensemble.Storage.Tests.Support;

/// <summary>Somebody who watches a catalog, from a moment on at which announcements are known to arrive.</summary>
internal sealed class Watch : IAsyncDisposable
{
    private readonly IAsyncEnumerator<long> _revisions;
    private Task<bool> _next;

    private Watch(IAsyncEnumerator<long> revisions, Task<bool> next)
    {
        _revisions = revisions;
        _next = next;
    }

    /// <summary>What was announced last.</summary>
    public long Revision { get; private set; }

    /// <summary>Writes until the first announcement arrives: nothing else tells that somebody listens.</summary>
    public static async Task<Watch> BeginAsync(ICatalogStore store, CancellationToken? cancellationToken = null)
    {
        var revisions = store.WatchAsync(cancellationToken ?? Now.Cancel).GetAsyncEnumerator(CancellationToken.None);
        var watch = new Watch(revisions, revisions.MoveNextAsync().AsTask());
        var change = new CatalogChange(CatalogEntryKind.Key, "watch", Encoding.UTF8.GetBytes("{}"));
        await Eventually.TrueAsync(
            async () =>
            {
                var revision = await store.ReadRevisionAsync(Now.Cancel);
                await store.WriteAsync([change], revision, Now.Cancel);
                return watch._next.IsCompleted;
            },
            Now.Cancel);
        await watch.HearAsync(await store.ReadRevisionAsync(Now.Cancel));
        return watch;
    }

    /// <summary>Returns at the announcement of the revision, or of a later one.</summary>
    public async Task HearAsync(long revision)
    {
        while (Revision < revision)
        {
            await NextAsync();
        }
    }

    public async Task<long> NextAsync()
    {
        (await _next).ShouldBeTrue();
        Revision = _revisions.Current;
        _next = _revisions.MoveNextAsync().AsTask();
        return Revision;
    }

    public async ValueTask DisposeAsync()
    {
        // An enumerator is disposed only while nobody waits for its next.
        if (_next.IsCompleted)
        {
            await _revisions.DisposeAsync();
        }
    }
}
