using Ensemble.Catalog;
using Ensemble.Catalog.Reading;
using Ensemble.Deployment.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Deployment.Tests;

/// <summary>The Job that writes a catalog of a repository into the database.</summary>
public sealed class CatalogTests
{
    public const string Job = "ensemble-catalog";

    private const string File = "k8s/overlays/gitops/catalog.json";

    [Fact]
    public async Task Job_OfGitOps_AppliesTheFileOfItsConfigMapAfterTheTablesAreThere()
    {
        var overlay = await Overlay.RenderAsync("gitops");
        var job = overlay.The("Job", Job);

        job.InitContainers.ShouldHaveSingleItem()["args"].Texts.ShouldBe(["schema", "wait"]);
        var (command, path) = (job.Container["args"].Texts.Take(2), job.Container["args"].Texts[^1]!);
        command.ShouldBe(["catalog", "apply"]);
        var mount = job.Container["volumeMounts"].Items.Single(mount => path.StartsWith(mount["mountPath"].Text! + "/", StringComparison.Ordinal));
        var map = job.Pod["volumes"].Items.Single(volume => volume["name"].Text == mount["name"].Text)["configMap.name"].Text!;
        map.ShouldStartWith("ensemble-catalog-");
        overlay.The("ConfigMap", map).Root["data"].Pairs[Path.GetFileName(path)].Trim().ShouldBe(Repository.Read(File).Trim());
    }

    [Fact]
    public async Task Job_OfGitOps_HasTheRightsOfANode()
    {
        var overlay = await Overlay.RenderAsync("gitops");

        overlay.The("Job", Job).AllContainers.SelectMany(container => container["env"].Items)
            .Select(variable => (variable["name"].Text, variable["valueFrom.secretKeyRef.key"].Text))
            .Distinct().ShouldBe([("Cluster__ConnectionString", "connection-string")]);
    }

    [Fact]
    public void Catalog_OfGitOps_CanBeStored()
    {
        var json = System.Text.Encoding.UTF8.GetBytes(Repository.Read(File));

        CatalogReader.Read(json, revision: 1, secrets: null, CatalogOrigin.Store).Errors.ShouldBeEmpty();
    }
}
