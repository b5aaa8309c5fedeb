using Ensemble.Catalog.Secrets;
using Ensemble.Deployment.Tests.Support;

namespace Ensemble.Deployment.Tests;

/// <summary>Every variable that pods are given is one that the code reads.</summary>
public sealed class EnvironmentTests
{
    [Theory]
    [MemberData(nameof(Overlay.Names), MemberType = typeof(Overlay))]
    public async Task Variable_OfEachProductsContainer_IsAnOptionOrThePods(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        ProductOptions.PodVariables.Order(StringComparer.Ordinal).ShouldBe(["POD_IP", "POD_NAME"]);
        foreach (var container in overlay.OfProduct.SelectMany(workload => workload.AllContainers))
        {
            var names = container["env"].Items.Select(variable => variable["name"].Text!).ToList();
            names.ShouldNotBeEmpty();
            names.ShouldBeUnique();
            names.ShouldAllBe(variable => ProductOptions.Variables.Contains(variable) || ProductOptions.PodVariables.Contains(variable));
        }
    }

    [Theory]
    [MemberData(nameof(Overlay.Names), MemberType = typeof(Overlay))]
    public async Task Options_OfTheConfigMap_AreTheCodesAndNoSecrets(string name)
    {
        var overlay = await Overlay.RenderAsync(name);
        string[] secrets = ["Admin__Key", "Security__MasterKey", "Cluster__ConnectionString", "Storage__ConnectionString"];

        var sources = overlay.OfProduct.SelectMany(workload => workload.AllContainers).SelectMany(container => container["envFrom"].Items).ToList();
        var maps = sources.Where(source => source["configMapRef"].Exists).Select(source => source["configMapRef.name"].Text!).Distinct(StringComparer.Ordinal).ToList();
        var options = overlay.The("ConfigMap", maps.ShouldHaveSingleItem()).Root["data"].Pairs.Keys.ToList();

        options.ShouldNotBeEmpty();
        options.ShouldAllBe(option => ProductOptions.Variables.Contains(option) && !secrets.Contains(option));
    }

    [Theory]
    [MemberData(nameof(Overlay.Names), MemberType = typeof(Overlay))]
    public async Task ProvidersKeys_OfEachNode_AreOptionalAndCanBeNoOption(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        foreach (var node in overlay.Of("Deployment"))
        {
            var source = node.Container["envFrom"].Items.Single(source => source["secretRef"].Exists);
            source["prefix"].Text.ShouldBe(SecretPolicy.VariablePrefix);
            source["secretRef.name"].Text.ShouldBe("ensemble-providers");
            source["secretRef.optional"].IsTrue.ShouldBeTrue();
        }
    }

    [Theory]
    [MemberData(nameof(Overlay.Names), MemberType = typeof(Overlay))]
    public async Task Silo_OfEachOverlay_KnowsItsNameAndAddressFromThePod(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        var fields = overlay.The("Deployment", "ensemble-silo").Container["env"].Items.Where(variable => variable["valueFrom.fieldRef"].Exists)
            .ToDictionary(variable => variable["name"].Text!, variable => variable["valueFrom.fieldRef.fieldPath"].Text!);
        fields.ShouldBe(new Dictionary<string, string> { ["POD_NAME"] = "metadata.name", ["POD_IP"] = "status.podIP" }, ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Overlay.Names), MemberType = typeof(Overlay))]
    public async Task AdminKey_OfAFrontend_IsGivenWhereItListensForOthers(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        Names(overlay, "ensemble-frontend").ShouldContain("Admin__Key");
        Names(overlay, "ensemble-silo").ShouldNotContain("Admin__Key");
    }

    private static List<string?> Names(Overlay overlay, string node) =>
        [.. overlay.The("Deployment", node).Container["env"].Items.Select(variable => variable["name"].Text)];
}
