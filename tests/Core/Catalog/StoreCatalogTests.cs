using Ensemble.Catalog.Secrets;
using Ensemble.Catalog.Serving;
using Ensemble.Core.Tests.Upstreams.OpenAi;
using Ensemble.Testing;

namespace Ensemble.Catalog.Tests;

public sealed class StoreCatalogTests : IAsyncDisposable
{
    private const string New = """{"display_name":"new","provider":"simulated"}""";

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    private readonly ManualTimeProvider _clock = new();
    private readonly FaultyStore _store = new();
    private readonly ListLogger<StoreCatalog> _log = new();
    private readonly StoreCatalog _catalog;
    private readonly Dictionary<string, string> _environment = [];

    public StoreCatalogTests() =>
        _catalog = new StoreCatalog(_store, new SecretResolver(_clock, name => _environment.GetValueOrDefault(name)), _clock, _log);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _catalog.DisposeAsync();

    [Fact]
    public async Task Start_NewStore_IsSeededInOneWrite()
    {
        await _catalog.StartAsync(Cancel);

        var built = BuiltInCatalog.Open().Current;
        _catalog.Current.Revision.ShouldBe(1);
        _catalog.Current.Models.Keys.ShouldBe(built.Models.Keys, ignoreOrder: true);
        _catalog.Current.Ensembles.Keys.ShouldBe(built.Ensembles.Keys, ignoreOrder: true);
        _catalog.Current.Ensembles["council"].Panel.ShouldBe(built.Ensembles["council"].Panel);
        (await _store.Inner.ReadRevisionAsync(Cancel)).ShouldBe(1);
    }

    [Fact]
    public async Task Start_AnotherProcessSeedsFirst_TakesWhatThatWrote()
    {
        _store.BeforeWrite = () => _store.TamperAsync(CatalogEntryKind.Model, "new", New);

        await _catalog.StartAsync(Cancel);

        _catalog.Current.Models.Keys.ShouldBe(["new"]);
        _catalog.Problem.ShouldBeNull();
    }

    [Fact]
    public async Task Start_EmptiedStore_IsNotSeededAgain()
    {
        await _store.TamperAsync(CatalogEntryKind.Model, "new", New);
        await _store.TamperAsync(CatalogEntryKind.Model, "new", null);

        await _catalog.StartAsync(Cancel);

        _catalog.Current.Revision.ShouldBe(2);
        _catalog.Current.Models.ShouldBeEmpty();
    }

    [Fact]
    public async Task Start_StoreOutOfReach_Throws()
    {
        _store.IsDown = true;

        var exception = await Should.ThrowAsync<CatalogException>(() => _catalog.StartAsync(Cancel));

        exception.Message.ShouldContain("the store is down");
        _catalog.Current.Revision.ShouldBe(0);
    }

    [Fact]
    public async Task Start_BadStore_ThrowsEveryErrorByName()
    {
        await _store.TamperAsync(CatalogEntryKind.Model, "new", """{"display_name":"new","provider":"simulatd"}""");
        await _store.TamperAsync(CatalogEntryKind.Model, "broken", "{");
        await _store.TamperAsync(CatalogEntryKind.Key, "a \"key\"", """{"name":"a \"key\""}""");

        var exception = await Should.ThrowAsync<CatalogException>(() => _catalog.StartAsync(Cancel));

        exception.Errors.Select(error => error.Path).ShouldBe(
            ["models[\"broken\"]", "models[\"new\"].provider", "keys[\"a \\\"key\\\"\"]"], ignoreOrder: true);
    }

    [Fact]
    public async Task Start_EntryUnderAnotherName_IsRefused()
    {
        await _store.TamperAsync(CatalogEntryKind.Model, "other", New);

        var exception = await Should.ThrowAsync<CatalogException>(() => _catalog.StartAsync(Cancel));

        exception.Errors.ShouldHaveSingleItem().Path.ShouldBe("models[\"other\"].display_name");
    }

    [Fact]
    public async Task Poll_NewRevision_IsServedAndAnnounced()
    {
        var raised = new List<long>();
        _catalog.Changed += snapshot => raised.Add(snapshot.Revision);
        await _catalog.StartAsync(Cancel);
        await _store.TamperAsync(CatalogEntryKind.Model, "new", New);

        _clock.Advance(Poll - TimeSpan.FromTicks(1));
        var before = _catalog.Current.Revision;
        _clock.Advance(TimeSpan.FromTicks(1));

        before.ShouldBe(1);
        _catalog.Current.Revision.ShouldBe(2);
        _catalog.Current.Models.ShouldContainKey("new");
        raised.ShouldBe([1, 2]);
    }

    [Fact]
    public async Task Poll_SameRevision_ReadsNothing()
    {
        await _catalog.StartAsync(Cancel);
        var (reads, current) = (_store.Reads, _catalog.Current);

        _clock.Advance(10 * Poll);

        _store.Reads.ShouldBe(reads);
        _catalog.Current.ShouldBeSameAs(current);
    }

    [Fact]
    public async Task Watch_NewRevision_IsServedWithoutAPoll()
    {
        _store.Announces = true;
        await _catalog.StartAsync(Cancel);
        var served = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        _catalog.Changed += snapshot => served.TrySetResult(snapshot.Revision);

        await _store.TamperAsync(CatalogEntryKind.Model, "new", New);

        (await served.Task.WaitAsync(Cancel)).ShouldBe(2);
        _catalog.Current.Models.ShouldContainKey("new");
    }

    [Fact]
    public async Task Poll_BadRevision_KeepsTheLastGoodOneAndReadsItOnce()
    {
        await _catalog.StartAsync(Cancel);
        var good = _catalog.Current;
        await _store.TamperAsync(CatalogEntryKind.Model, "new", """{"display_name":"new","provider":"simulatd"}""");

        _clock.Advance(Poll);
        var reads = _store.Reads;
        _clock.Advance(5 * Poll);

        _catalog.Current.ShouldBeSameAs(good);
        _catalog.Problem.ShouldNotBeNull().ShouldContain("stored catalog is not served: 1 error, the first is models[\"new\"].provider");
        _store.Reads.ShouldBe(reads);
        _log.Lines.Count(line => line.Text.Contains("was not taken", StringComparison.Ordinal)).ShouldBe(1);

        await _store.TamperAsync(CatalogEntryKind.Model, "new", New);
        _clock.Advance(Poll);
        _catalog.Problem.ShouldBeNull();
        _catalog.Current.Revision.ShouldBe(3);
    }

    [Fact]
    public async Task Poll_StoreOutOfReach_KeepsTheLastGoodOneUntilItIsBack()
    {
        await _catalog.StartAsync(Cancel);
        var good = _catalog.Current;

        _store.IsDown = true;
        _clock.Advance(3 * Poll);
        var problem = _catalog.Problem;
        _store.IsDown = false;
        _clock.Advance(Poll);

        problem.ShouldNotBeNull().ShouldContain("cannot be read");
        _catalog.Problem.ShouldBeNull();
        _catalog.Current.ShouldBeSameAs(good);
        _log.Lines.Count(line => line.Text.Contains("was not taken", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Refresh_AfterAWrite_ServesItAtOnce()
    {
        await _catalog.StartAsync(Cancel);
        await _store.TamperAsync(CatalogEntryKind.Model, "new", New);

        await _catalog.RefreshAsync(Cancel);

        _catalog.Current.Models.ShouldContainKey("new");
    }

    [Fact]
    public async Task Start_EntryAlteredBehindTheApi_IsServedAndItsSecretIsNot()
    {
        _environment["PATH"] = "/usr/bin";
        await _store.TamperAsync(
            CatalogEntryKind.Model, "m", """{"display_name":"m","provider":"openai","base_url":"https://h/v1","model":"m","api_key":"env:PATH"}""");

        await _catalog.StartAsync(Cancel);

        var key = _catalog.Current.Models["m"].ApiKey.ShouldNotBeNull();
        new SecretResolver(_clock, name => _environment.GetValueOrDefault(name)).TryResolve(key, out _).ShouldBeFalse();
        _catalog.Warnings.ShouldHaveSingleItem().Rule.ShouldContain("ENSEMBLE_SECRET_");
        _log.Lines.ShouldNotContain(line => line.Text.Contains("/usr/bin", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Dispose_EndsWatchingAndPolling()
    {
        _store.Announces = true;
        await _catalog.StartAsync(Cancel);

        await _catalog.DisposeAsync();

        _clock.PendingTimers.ShouldBe(0);
    }
}
