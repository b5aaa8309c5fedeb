using System.Text;
using Ensemble.Catalog;
using Ensemble.Storage.Tests.Support;

namespace Ensemble.Storage.Tests.Stores;

public sealed class CatalogStoreTests
{
    public static TheoryData<StorageProvider> All => TestDatabase.All;

    [Theory]
    [MemberData(nameof(All))]
    public async Task Read_NothingWritten_IsEmptyAtRevision0(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var store = database.Another().Catalog;

        var document = await store.ReadAsync(Now.Cancel);

        document.Revision.ShouldBe(0);
        document.Entries.ShouldBeEmpty();
        (await store.ReadRevisionAsync(Now.Cancel)).ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Write_EntriesChangedAndRemoved_CarryTheRevisionThatWroteThemLast(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var store = database.Another().Catalog;

        (await store.WriteAsync([Model("b", "1"), Model("a", "1"), Key("b", "1"), Model("gone", "1")], 0, Now.Cancel)).ShouldBe(1);
        (await store.WriteAsync([Model("b", "2"), Gone("gone"), Gone("never was")], 1, Now.Cancel)).ShouldBe(2);
        (await store.WriteAsync([], 2, Now.Cancel)).ShouldBe(3);

        var document = await database.Another().Catalog.ReadAsync(Now.Cancel);
        document.Revision.ShouldBe(3);
        document.Entries.Select(Show).ShouldBe(["Model a 1 @1", "Model b 2 @2", "Key b 1 @1"]);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Write_AnotherRevisionThanExpected_ChangesNothing(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var store = database.Another().Catalog;
        await store.WriteAsync([Model("a", "1")], 0, Now.Cancel);

        (await store.WriteAsync([Model("a", "2"), Model("b", "2")], 0, Now.Cancel)).ShouldBeNull();
        (await store.WriteAsync([Model("a", "2"), Model("b", "2")], 2, Now.Cancel)).ShouldBeNull();

        var document = await store.ReadAsync(Now.Cancel);
        document.Revision.ShouldBe(1);
        document.Entries.Select(Show).ShouldBe(["Model a 1 @1"]);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Write_OfOneEntryTwice_TheLastStands(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var store = database.Another().Catalog;

        await store.WriteAsync([Model("a", "1"), Gone("a"), Model("a", "2")], 0, Now.Cancel);

        (await store.ReadAsync(Now.Cancel)).Entries.Select(Show).ShouldBe(["Model a 2 @1"]);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Write_SixteenAtOnce_OneWinsEachRevision(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var stores = Enumerable.Range(0, 4).Select(_ => database.Another().Catalog).ToList();
        foreach (var revision in Enumerable.Range(0, 10))
        {
            var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var writers = Enumerable.Range(0, 16).Select(async writer =>
            {
                await start.Task;
                return await stores[writer % stores.Count].WriteAsync([Model($"r{revision} w{writer}", "1")], revision, Now.Cancel);
            }).ToList();
            start.SetResult();

            (await Task.WhenAll(writers)).OfType<long>().ShouldBe([revision + 1]);
        }

        var document = await stores[0].ReadAsync(Now.Cancel);
        document.Revision.ShouldBe(10);
        document.Entries.Select(entry => entry.Version).ShouldBe(Enumerable.Range(1, 10).Select(version => (long)version));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Read_WhileOthersWrite_IsOfOneMoment(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var (writer, reader) = (database.Another().Catalog, database.Another().Catalog);
        var writing = Task.Run(
            async () =>
            {
                for (var revision = 0; revision < 100; revision++)
                {
                    await writer.WriteAsync([Model("a", $"{revision + 1}"), Model("b", $"{revision + 1}")], revision, Now.Cancel);
                }
            },
            Now.Cancel);

        CatalogDocument document;
        do
        {
            document = await reader.ReadAsync(Now.Cancel);
            var expected = document.Revision;
            document.Entries.Select(Show).ShouldBe(expected == 0 ? [] : [$"Model a {expected} @{expected}", $"Model b {expected} @{expected}"]);
        }
        while (document.Revision < 100 && !writing.IsFaulted);

        await writing;
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Write_OddNamesAndLargeEntries_ComeBackByteByByte(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        string[] names = ["", " ", "'; DROP TABLE catalog_entries; --", "\"quoted\"", "a\nb", "ä", "a\u0308", "日本語", "\uE000", "😀", "@name", new string('x', 128)];
        var large = new byte[4 * 1024 * 1024];
        new Random(7).NextBytes(large);
        CatalogChange[] changes = [.. names.Select(name => Model(name, name + "{\"a\":1}")), new(CatalogEntryKind.Key, "large", large), new(CatalogEntryKind.Key, "empty", Array.Empty<byte>())];

        await database.Another().Catalog.WriteAsync(changes, 0, Now.Cancel);

        var document = await database.Another().Catalog.ReadAsync(Now.Cancel);
        var models = document.Entries.Where(entry => entry.Kind == CatalogEntryKind.Model).ToList();
        models.Select(entry => entry.Name).ShouldBe(names.Order(StringComparer.Ordinal));
        models.ShouldAllBe(entry => Encoding.UTF8.GetString(entry.Json.ToArray()) == entry.Name + "{\"a\":1}");
        var keys = document.Entries.Where(entry => entry.Kind == CatalogEntryKind.Key).ToList();
        keys.Select(entry => entry.Name).ShouldBe(["empty", "large"]);
        keys[0].Json.Length.ShouldBe(0);
        keys[1].Json.Span.SequenceEqual(large).ShouldBeTrue();
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Write_FailsInTheMiddle_ChangesNothing(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var store = database.Another().Catalog;
        await store.WriteAsync([Model("a", "1")], 0, Now.Cancel);
        await database.QueryAsync("ALTER TABLE catalog_entries RENAME COLUMN version TO renamed");

        var failure = await Should.ThrowAsync<StorageException>(() => store.WriteAsync([Gone("a"), Model("b", "2")], 1, Now.Cancel));

        failure.IsTransient.ShouldBeFalse();
        await database.QueryAsync("ALTER TABLE catalog_entries RENAME COLUMN renamed TO version");
        var document = await store.ReadAsync(Now.Cancel);
        document.Revision.ShouldBe(1);
        document.Entries.Select(Show).ShouldBe(["Model a 1 @1"]);
    }

    private static CatalogChange Model(string name, string json) => new(CatalogEntryKind.Model, name, Encoding.UTF8.GetBytes(json));

    private static CatalogChange Key(string name, string json) => new(CatalogEntryKind.Key, name, Encoding.UTF8.GetBytes(json));

    private static CatalogChange Gone(string name) => new(CatalogEntryKind.Model, name, null);

    private static string Show(CatalogEntry entry) => $"{entry.Kind} {entry.Name} {Encoding.UTF8.GetString(entry.Json.Span)} @{entry.Version}";
}
