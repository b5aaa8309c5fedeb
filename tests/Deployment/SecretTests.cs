using Ensemble.Deployment.Tests.Support;
using Ensemble.Silo.Options;
using Ensemble.Testing;
using Microsoft.Extensions.Configuration;

namespace Ensemble.Deployment.Tests;

/// <summary>Production needs one Secret, which is not in the repository; an example of it is.</summary>
public sealed class SecretTests
{
    private const string Example = "k8s/overlays/production/secret.example.yaml";

    [Fact]
    public async Task Production_OfSecrets_HasNoneAndNamesTheExamplesKeys()
    {
        var overlay = await Overlay.RenderAsync(Overlay.Production);
        var example = ExampleSecrets()["ensemble"];

        overlay.Of("Secret").ShouldBeEmpty();
        var references = References(overlay);
        references.Select(reference => reference.Secret).Distinct().ShouldBe(["ensemble"]);
        references.Select(reference => reference.Key).Distinct().Order(StringComparer.Ordinal).ShouldBe(example.Root["stringData"].Fields.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Production_OfSecretsByWhole_NamesTheExamplesOptionalOne()
    {
        var overlay = await Overlay.RenderAsync(Overlay.Production);

        var names = overlay.Workloads.SelectMany(workload => workload.AllContainers).SelectMany(container => container["envFrom"].Items)
            .Select(source => source["secretRef.name"].Text).OfType<string>().Distinct();
        names.Append("ensemble").Order(StringComparer.Ordinal).ShouldBe(ExampleSecrets().Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Example_AsItIs_HoldsNoSecretAndOpensNothing()
    {
        foreach (var secret in ExampleSecrets().Values)
        {
            secret.Root["metadata.namespace"].Text.ShouldBe("ensemble");
        }

        var data = ExampleSecrets()["ensemble"].Root["stringData"].Pairs;
        data["admin-key"].ShouldBeEmpty();
        data["master-key"].ShouldBeEmpty();
        data.Values.ShouldAllBe(value => value.Length == 0 || value.EndsWith(";Password=", StringComparison.Ordinal));
    }

    [Fact]
    public void Copy_OfTheExample_IsIgnoredByGit() => Repository.Read(".gitignore").Split('\n').ShouldContain("k8s/**/secret.yaml");

    [Theory]
    [MemberData(nameof(Overlay.Names), MemberType = typeof(Overlay))]
    public async Task Owner_OfTheTables_IsTheSchemaJobAlone(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        References(overlay).Where(reference => reference.Key == "owner-connection-string").Select(reference => reference.Workload).ShouldBe(["ensemble-schema"]);
        References(overlay).Where(reference => reference is { Variable: "Cluster__ConnectionString", Key: "connection-string" }).Select(reference => reference.Workload).Distinct()
            .Where(static workload => workload != CatalogTests.Job)
            .Order(StringComparer.Ordinal).ShouldBe(["ensemble-frontend", "ensemble-silo"]);
    }

    [Fact]
    public async Task Development_OfItsSecret_HasEveryKeyThatPodsName()
    {
        var overlay = await Overlay.RenderAsync(Overlay.Development);

        var secret = overlay.Of("Secret").ShouldHaveSingleItem();
        var references = References(overlay);
        references.ShouldAllBe(reference => reference.Secret == secret.Name);
        references.Select(reference => reference.Key).Distinct().Order(StringComparer.Ordinal).ShouldBe(secret.Root["data"].Fields.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Development_OfItsSecret_SatisfiesTheCode()
    {
        var overlay = await Overlay.RenderAsync(Overlay.Development);
        var data = overlay.Of("Secret").ShouldHaveSingleItem().Root["data"];
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Admin:Key", Value("admin-key")), new("Security:MasterKey", Value("master-key"))])
            .Build();

        var options = NodeConfiguration.Read(configuration).Frontend;

        options.AdminKeySha256.ShouldNotBeNull();
        options.Sealer.ShouldNotBeNull();
        var database = overlay.The("Service", "ensemble-postgres").Name;
        string[] users = ["connection-string", "owner-connection-string"];
        users.Select(Value).ShouldAllBe(text => text.StartsWith($"Host={database};", StringComparison.Ordinal));

        string Value(string key) => System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(data.Fields[key].Text!));
    }

    private static List<(string Workload, string Variable, string Secret, string Key)> References(Overlay overlay) =>
    [
        .. from workload in overlay.Workloads
           from container in workload.AllContainers
           from variable in container["env"].Items
           let reference = variable["valueFrom.secretKeyRef"]
           where reference.Exists
           select (workload.Name, variable["name"].Text!, reference["name"].Text!, reference["key"].Text!),
    ];

    private static Dictionary<string, Manifest> ExampleSecrets() =>
        Overlay.Parse(Repository.Read(Example)).ToDictionary(secret => secret.Name, StringComparer.Ordinal);
}
