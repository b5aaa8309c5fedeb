using System.Security.Cryptography;
using System.Text;
using Ensemble.Catalog.Editing;
using Ensemble.Catalog.Secrets;
using Ensemble.Storage.Memory;

namespace Ensemble.Catalog.Tests.Editing;

/// <summary>What a catalog file makes of a store.</summary>
public sealed class CatalogApplierTests
{
    private const string Digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private readonly InMemoryCatalogStore _store = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Apply_ToANewStore_AddsAllInOneRevision()
    {
        var result = await ApplyAsync(File([Model("a"), Model("b")], [Key("team")]));

        result.Errors.ShouldBeEmpty();
        result.Added.ShouldBe(["keys[\"team\"]", "models[\"a\"]", "models[\"b\"]"]);
        (result.Revision, result.IsWritten, result.Unchanged).ShouldBe((1, true, 0));
        (await _store.ReadAsync(Cancel)).Entries.Select(entry => entry.Name).ShouldBe(["a", "b", "team"], ignoreOrder: true);
    }

    [Fact]
    public async Task Apply_AnotherFile_SaysWhatItChanged()
    {
        await ApplyAsync(File([Model("a"), Model("b"), Model("c")], [Key("team")]));

        var result = await ApplyAsync(File([Model("d"), Model("b", "\"timeout_ms\":9000,"), Model("a")], []));

        result.Added.ShouldBe(["models[\"d\"]"]);
        result.Changed.ShouldBe(["models[\"b\"]"]);
        result.Removed.ShouldBe(["keys[\"team\"]", "models[\"c\"]"]);
        (result.Revision, result.Unchanged).ShouldBe((2, 1));
        var stored = await _store.ReadAsync(Cancel);
        stored.Entries.Select(entry => (entry.Name, entry.Version)).ShouldBe([("a", 1), ("b", 2), ("d", 2)], ignoreOrder: true);
        ApplyReport.Format(result, dryRun: false).ShouldBe(
            "added: models[\"d\"]\nchanged: models[\"b\"]\nremoved: keys[\"team\"]\nremoved: models[\"c\"]\n"
            + "1 added, 1 changed, 2 removed, 1 unchanged; the catalog is now revision 2");
    }

    [Fact]
    public async Task Apply_TheSameFileInAnotherOrderWithComments_WritesNothing()
    {
        await ApplyAsync(File([Model("a"), Model("b")], [Key("team")]));

        var result = await ApplyAsync(
            $$"""
            {"keys":[{"key_sha256":"{{Digest}}","name":"team"}], "models":[ // as before
              {"provider":"simulated","display_name":"b"}, {"display_name":"a", "provider":"simulated",},]}
            """);

        (result.Added.Count, result.Changed.Count, result.Removed.Count, result.Unchanged).ShouldBe((0, 0, 0, 3));
        (result.Revision, result.IsWritten).ShouldBe((1, false));
        ApplyReport.Format(result, dryRun: false).ShouldBe("0 added, 0 changed, 0 removed, 3 unchanged; the catalog stays revision 1");
    }

    [Fact]
    public async Task Apply_DryRun_SaysTheSameAndWritesNothing()
    {
        await ApplyAsync(File([Model("a")], []));
        var file = File([Model("b")], [Key("team")]);

        var dry = await ApplyAsync(file, dryRun: true);

        (dry.Revision, dry.IsWritten).ShouldBe((1, false));
        (await _store.ReadRevisionAsync(Cancel)).ShouldBe(1);
        ApplyReport.Format(dry, dryRun: true).ShouldEndWith("nothing is written (--dry-run), the catalog stays revision 1");
        var result = await ApplyAsync(file);
        dry.Added.ShouldBe(result.Added);
        dry.Removed.ShouldBe(result.Removed);
    }

    [Fact]
    public async Task Apply_FileWithoutKeys_LeavesThemAlone()
    {
        await ApplyAsync(File([Model("a"), Model("b")], [Key("team", "\"allowed_models\":[\"b\"],")]));

        var added = await ApplyAsync($$"""{"models":[{{Model("a")}},{{Model("b")}},{{Model("c")}}]}""");
        var stranded = await ApplyAsync($$"""{"models":[{{Model("a")}}]}""");

        (added.Added.Count, added.Removed.Count, added.Unchanged).ShouldBe((1, 0, 3));
        stranded.Removed.Count.ShouldBe(2);
        stranded.Warnings.ShouldHaveSingleItem().Path.ShouldStartWith("keys[\"team\"].allowed_models");
    }

    [Fact]
    public async Task Apply_KeyInClear_StoresItsDigestAndKnowsItAgain()
    {
        const string Text = """{"models":[{"display_name":"a","provider":"simulated"}],"keys":[{"name":"team","key":"sk-a-key-of-these-tests"}]}""";
        await ApplyAsync(Text);

        var again = await ApplyAsync(Text);

        again.IsWritten.ShouldBeFalse();
        var key = (await _store.ReadAsync(Cancel)).Entries.Single(entry => entry.Kind == CatalogEntryKind.Key);
        Encoding.UTF8.GetString(key.Json.Span).ShouldNotContain("sk-a-key");
    }

    [Theory]
    [InlineData("""{"models":[{"display_name":"a","provider":"simulated"},{"display_name":"b","provder":"simulated"}]}""", "models[1].provder")]
    [InlineData("""{"models":[{"display_name":"a","provider":"openai","base_url":"https://a.example/v1","model":"m","api_key":"env:HOME"}]}""", "models[0].api_key")]
    [InlineData("""{"models":[{"display_name":"a","provider":"openai","base_url":"https://a.example/v1","model":"m","api_key":"sk-in-clear"}]}""", "models[0].api_key")]
    [InlineData("""{"models":[{"display_name":"a","provider":"simulated"}],"keys":[{"name":"k","key":"env:ENSEMBLE_SECRET_K"}]}""", "keys[0].key")]
    [InlineData("""{"models":[{"display_name":"a","provider":"simulated"}],"keys":[{"name":"k"}]}""", "keys[0]")]
    [InlineData("{", "")]
    public async Task Apply_FileWithAnError_SaysWhereAndWhatToDoAndWritesNothing(string file, string path)
    {
        var result = await ApplyAsync(file);

        result.Errors.ShouldContain(error => error.Path.StartsWith(path, StringComparison.Ordinal));
        result.Errors.ShouldAllBe(error => error.Fix.Length > 0 && !error.ToString().Contains("sk-in-clear", StringComparison.Ordinal));
        (await _store.ReadRevisionAsync(Cancel)).ShouldBe(0);
    }

    [Fact]
    public async Task Apply_SomebodyWritesMeanwhile_IsPlannedAgain()
    {
        await ApplyAsync(File([Model("a")], []));
        var store = new RacingStore(_store);

        var result = await new CatalogApplier(store, new SecretPolicy(null)).ApplyAsync(
            Encoding.UTF8.GetBytes(File([Model("b")], [])), dryRun: false, Cancel);

        result.Removed.ShouldBe(["models[\"a\"]", "models[\"late\"]"]);
        (result.Revision, store.Writes).ShouldBe((3, 2));
    }

    /// <summary>Whatever was stored, the file is what is stored then, and it changes nothing the second time.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Apply_AnyFileAfterAnyOther_StoresItAndIsIdempotent(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 40; round++)
        {
            var models = Some(random, 6).Select(name => Model($"m{name}", $"\"retries\":{random.Next(3)},")).ToArray();
            var keys = Some(random, 4).Select(name => Key($"k{name}", $"\"disabled\":{(random.Next(2) == 0 ? "true" : "false")},")).ToArray();
            var before = (await _store.ReadAsync(Cancel)).Entries.Count;
            var file = File(models, keys);

            var result = await ApplyAsync(file);
            var again = await ApplyAsync(file);

            result.Errors.ShouldBeEmpty();
            (result.Changed.Count + result.Removed.Count + result.Unchanged).ShouldBe(before);
            (result.Added.Count + result.Changed.Count + result.Unchanged).ShouldBe(models.Length + keys.Length);
            (again.IsWritten, again.Unchanged, again.Revision).ShouldBe((false, models.Length + keys.Length, result.Revision));
        }
    }

    private static IEnumerable<int> Some(Random random, int count) => Enumerable.Range(0, count).Where(_ => random.Next(2) == 0);

    private static string Model(string name, string more = "") => $$"""{{{more}}"display_name":"{{name}}","provider":"simulated"}""";

    private static string Key(string name, string more = "") => $$"""{{{more}}"name":"{{name}}","key_sha256":"{{DigestOf(name)}}"}""";

    private static string DigestOf(string name) =>
        name == "team" ? Digest : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    private static string File(string[] models, string[] keys) =>
        $$"""{"models":[{{string.Join(',', models)}}],"keys":[{{string.Join(',', keys)}}]}""";

    private Task<ApplyResult> ApplyAsync(string file, bool dryRun = false) =>
        new CatalogApplier(_store, new SecretPolicy(null)).ApplyAsync(Encoding.UTF8.GetBytes(file), dryRun, Cancel);

    /// <summary>Another writer comes first, once.</summary>
    private sealed class RacingStore(ICatalogStore store) : ICatalogStore
    {
        public int Writes { get; private set; }

        public Task<CatalogDocument> ReadAsync(CancellationToken cancellationToken) => store.ReadAsync(cancellationToken);

        public Task<long> ReadRevisionAsync(CancellationToken cancellationToken) => store.ReadRevisionAsync(cancellationToken);

        public async Task<long?> WriteAsync(IReadOnlyList<CatalogChange> changes, long expectedRevision, CancellationToken cancellationToken)
        {
            if (Writes++ == 0)
            {
                var late = new CatalogChange(CatalogEntryKind.Model, "late", Encoding.UTF8.GetBytes(Model("late")));
                await store.WriteAsync([late], expectedRevision, cancellationToken);
            }

            return await store.WriteAsync(changes, expectedRevision, cancellationToken);
        }

        public IAsyncEnumerable<long> WatchAsync(CancellationToken cancellationToken) => store.WatchAsync(cancellationToken);
    }
}
