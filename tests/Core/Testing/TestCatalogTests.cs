using Ensemble.Catalog;
using Ensemble.Testing;

namespace Ensemble.Core.Tests.Testing;

public class TestCatalogTests
{
    [Fact]
    public async Task Panel_NamesModelsThatTheStubServes()
    {
        await using var stub = await UpstreamStub.StartAsync();

        var catalog = TestCatalog.Panel(stub, ["a", "b", "a"], judge: "b").Current;

        catalog.Models.Keys.Order().ShouldBe(["a", "b"]);
        catalog.Models["a"].BaseUrl.ShouldBe(stub.BaseUrl);
        catalog.Models["a"].Retries.ShouldBe(0);
        catalog.Ensembles["panel"].AnswerCount.ShouldBe(3);
        catalog.Ensembles["panel"].MinResponses.ShouldBe(2);
        using var client = new StubClient(stub);
        using var response = await client.PostAsync("""{"model":"b","messages":[{"role":"user","content":"Hi"}]}""");
        response.IsSuccessStatusCode.ShouldBeTrue();
    }

    [Fact]
    public void Change_RaisesChangedWithWhatIsServedNow()
    {
        var catalog = new TestCatalog(new CatalogBuilder().Build());
        var next = new CatalogBuilder()
            .Add(TestModels.Simulated("s"))
            .Add(TestEnsembles.Of("solo", ["s"], "s"))
            .AddKey("secret", readManifests: true)
            .Build(2);
        CatalogSnapshot? seen = null;
        catalog.Changed += snapshot => seen = ReferenceEquals(snapshot, catalog.Current) ? snapshot : null;

        catalog.Change(next);

        seen.ShouldBe(next);
        next.Ensembles["solo"].MinResponses.ShouldBe(1);
        next.Keys.ShouldHaveSingleItem().Sha256.Length.ShouldBe(32);
    }
}
