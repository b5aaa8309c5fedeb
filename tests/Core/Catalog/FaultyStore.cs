using System.Runtime.CompilerServices;
using Ensemble.Storage.Memory;

namespace Ensemble.Catalog.Tests;

/// <summary>A store in memory that can be out of reach, announces nothing unless told to, and lets others write first.</summary>
internal sealed class FaultyStore : ICatalogStore
{
    public InMemoryCatalogStore Inner { get; } = new();

    public bool IsDown { get; set; }

    public bool Announces { get; set; }

    public int Reads { get; private set; }

    /// <summary>Runs before each write, as another process that is faster.</summary>
    public Func<Task>? BeforeWrite { get; set; }

    public Task<CatalogDocument> ReadAsync(CancellationToken cancellationToken)
    {
        Reads++;
        return Up().ReadAsync(cancellationToken);
    }

    public Task<long> ReadRevisionAsync(CancellationToken cancellationToken) => Up().ReadRevisionAsync(cancellationToken);

    public async Task<long?> WriteAsync(IReadOnlyList<CatalogChange> changes, long expectedRevision, CancellationToken cancellationToken)
    {
        if (BeforeWrite is { } before)
        {
            await before();
        }

        return await Up().WriteAsync(changes, expectedRevision, cancellationToken);
    }

    public async IAsyncEnumerable<long> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!Announces)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        await foreach (var revision in Inner.WatchAsync(cancellationToken))
        {
            yield return revision;
        }
    }

    /// <summary>Writes past every rule, as somebody with access to the database.</summary>
    public async Task TamperAsync(CatalogEntryKind kind, string name, string? json)
    {
        var revision = await Inner.ReadRevisionAsync(CancellationToken.None);
        var bytes = json is null ? (ReadOnlyMemory<byte>?)null : System.Text.Encoding.UTF8.GetBytes(json);
        (await Inner.WriteAsync([new CatalogChange(kind, name, bytes)], revision, CancellationToken.None)).ShouldNotBeNull();
    }

    private InMemoryCatalogStore Up() => IsDown ? throw new IOException("the store is down") : Inner;
}
