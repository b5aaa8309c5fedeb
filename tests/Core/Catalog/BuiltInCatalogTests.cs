using Ensemble.Catalog.Reading;
using Ensemble.Catalog.Serving;

namespace Ensemble.Catalog.Tests;

public sealed class BuiltInCatalogTests
{
    [Fact]
    public void ReadJson_IsValidWithoutAWarning()
    {
        var result = CatalogReader.Read(BuiltInCatalog.ReadJson(), 1, CatalogSamples.Secrets());

        CatalogReport.Format(result).ShouldBe("no errors, no warnings");
    }

    [Fact]
    public void Open_NeedsNoKeyAndNoNetwork()
    {
        var models = BuiltInCatalog.Open().Current.Models.Values;

        models.Select(model => model.DisplayName).ShouldBe(["sim-swift", "sim-steady", "sim-scholar", "sim-judge"], ignoreOrder: true);
        models.ShouldAllBe(model => model.Provider == ProviderKind.Simulated && model.ApiKey == null && model.Price != null);
        models.ShouldAllBe(model => model.Simulated!.MinLatency >= TimeSpan.FromMilliseconds(80) && model.Simulated.MaxLatency <= TimeSpan.FromMilliseconds(400));
    }

    [Fact]
    public void Open_Council_AsksThreeFamiliesThatDifferInAccuracy()
    {
        var snapshot = BuiltInCatalog.Open().Current;
        var council = snapshot.Ensembles["council"];

        var members = council.Panel.Select(member => snapshot.Models[member.Model]).ToList();
        members.Select(member => member.Family).Distinct().Count().ShouldBe(3);
        members.Select(member => member.Simulated!.Accuracy).Distinct().Count().ShouldBe(3);
        members.Select(member => member.Simulated!.MinLatency).Distinct().Count().ShouldBe(3);
        council.Judge!.Model.ShouldBe("sim-judge");
        council.Judge!.Fallbacks.ShouldNotBeEmpty();
    }

    [Fact]
    public void Open_SelfCouncil_AsksOneModelThreeWays()
    {
        var panel = BuiltInCatalog.Open().Current.Ensembles["self-council"].Panel;

        panel.Select(member => member.Model).Distinct().ShouldHaveSingleItem();
        panel.Select(member => member.Temperature).Distinct().Count().ShouldBe(3);
        panel.Select(member => member.Seed).Distinct().Count().ShouldBe(3);
    }
}
