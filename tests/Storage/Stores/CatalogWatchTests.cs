using System.Text;
using Ensemble.Catalog;
using Ensemble.Storage.Tests.Support;

namespace Ensemble.Storage.Tests.Stores;

public sealed class CatalogWatchTests
{
    public static TheoryData<StorageProvider> All => TestDatabase.All;

    [Theory]
    [MemberData(nameof(All))]
    public async Task Watch_ByTheSameOpener_HearsEachWrite(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var store = database.Another().Catalog;
        await using var watch = await Watch.BeginAsync(store);

        for (var revision = watch.Revision; revision < 5; revision++)
        {
            await store.WriteAsync([Change], revision, Now.Cancel);
            await watch.HearAsync(revision + 1);
        }
    }

    [Fact]
    public async Task Watch_ByAnotherOpenerOfPostgres_HearsTheWriteAndBeginsWithTheStoredRevision()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres);
        var (writer, reader) = (database.Another().Catalog, database.Another().Catalog);
        await writer.WriteAsync([Change], 0, Now.Cancel);
        var revisions = reader.WatchAsync(Now.Cancel).GetAsyncEnumerator(Now.Cancel);
        await using (revisions)
        {
            (await revisions.MoveNextAsync()).ShouldBeTrue();
            revisions.Current.ShouldBe(1);

            await writer.WriteAsync([Change], 1, Now.Cancel);

            (await revisions.MoveNextAsync()).ShouldBeTrue();
            revisions.Current.ShouldBe(2);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Watch_WriteThatLost_IsNotAnnounced(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var store = database.Another().Catalog;
        await using var watch = await Watch.BeginAsync(store);
        var before = watch.Revision;

        (await store.WriteAsync([Change], before + 7, Now.Cancel)).ShouldBeNull();
        await store.WriteAsync([Change], before, Now.Cancel);

        (await watch.NextAsync()).ShouldBe(before + 1);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Watch_Cancelled_Ends(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Now.Cancel);
        await using var watch = await Watch.BeginAsync(database.Another().Catalog, cancel.Token);
        var next = watch.NextAsync();

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public async Task ReadRevision_AnotherOpenerOfTheFile_SeesTheWriteThatItWasNotToldOf()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        var (writer, reader) = (database.Another().Catalog, database.Another().Catalog);
        (await reader.ReadRevisionAsync(Now.Cancel)).ShouldBe(0);

        await writer.WriteAsync([Change], 0, Now.Cancel);

        (await reader.ReadRevisionAsync(Now.Cancel)).ShouldBe(1);
    }

    private static CatalogChange Change => new(CatalogEntryKind.Model, "a", Encoding.UTF8.GetBytes("{}"));
}
