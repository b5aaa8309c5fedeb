using System.Net;
using Ensemble.Frontend.Options;
using Ensemble.Silo.Options;
using Microsoft.Extensions.Configuration;

namespace Ensemble.Cluster.Tests.Processes;

/// <summary>A node's options.</summary>
public sealed class NodeOptionsTests
{
    private const string Local = "Host=127.0.0.1;Database=d;Username=u;Password=secret-7";

    [Fact]
    public void Read_Nothing_IsAClusterOfOneProcess()
    {
        var (frontend, node) = Read(NodeRole.All);

        node.ShouldBe(new NodeOptions { SiloPort = 0, GatewayPort = 0 });
        (node.IsStandalone, node.ClusterId, node.ServiceId).ShouldBe((true, "ensemble", "ensemble"));
        frontend.CatalogFile.ShouldBeNull();
    }

    [Fact]
    public void Read_SiloWithoutPorts_HasTheDocumentedOnes()
    {
        var (_, node) = Read(NodeRole.Silo, ("Cluster:ConnectionString", Local));

        (node.IsStandalone, node.SiloPort, node.GatewayPort).ShouldBe((false, 11111, 30000));
    }

    [Fact]
    public void Read_Everything_IsTaken()
    {
        var (_, node) = Read(
            NodeRole.Silo, ("Cluster:ConnectionString", Local), ("Storage:Provider", "postgres"), ("Storage:ConnectionString", Local), ("Cluster:ClusterId", "blue"),
            ("Cluster:ServiceId", "s-1"), ("Cluster:SiloPort", "1"), ("Cluster:GatewayPort", "2"), ("Cluster:AdvertisedAddress", "10.1.2.3"));

        (node.ClusterId, node.ServiceId, node.SiloPort, node.GatewayPort).ShouldBe(("blue", "s-1", 1, 2));
        node.AdvertisedAddress.ShouldBe(IPAddress.Parse("10.1.2.3"));
        node.ToString().ShouldNotContain("secret-7");
    }

    [Fact]
    public void Read_ManyMistakes_NamesAllOfThem()
    {
        var exception = Should.Throw<StartupException>(() => Read(
            NodeRole.Silo, ("Cluster:ConnectionString", "Host=db.example;Username=u"), ("Cluster:ClusterId", "a b"), ("Cluster:SiloPort", "0"), ("Cluster:GatewayPort", "11111"),
            ("Cluster:SilosPort", "1"), ("Catalog:File", "c.json"), ("Storage:Provider", "memory"), ("Limits:MaxRuns", "0")));

        exception.Message.Split(Environment.NewLine).Select(line => line[..line.IndexOf(": ", StringComparison.Ordinal)]).Order(StringComparer.Ordinal).ShouldBe(
        [
            "option Catalog:File", "option Cluster:AdvertisedAddress", "option Cluster:ClusterId", "option Cluster:GatewayPort", "option Cluster:SiloPort",
            "option Cluster:SilosPort", "option Limits:MaxRuns", "option Storage:Provider",
        ]);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("silo.example")]
    public void Read_AddressThatNobodyCanReach_IsAProblem(string address)
    {
        var exception = Should.Throw<StartupException>(() =>
            Read(NodeRole.Silo, ("Cluster:ConnectionString", Local), ("Cluster:AdvertisedAddress", address)));

        exception.Message.ShouldBe($"option Cluster:AdvertisedAddress: '{address}' is not an IP address at which other nodes reach this one.");
    }

    [Fact]
    public void Read_BadConnectionString_IsNotRepeated()
    {
        var exception = Should.Throw<StartupException>(() => Read(NodeRole.Frontend, ("Cluster:ConnectionString", "Host=h;secret-7=x")));

        exception.Message.ShouldStartWith("Cluster:ConnectionString cannot be read.");
        exception.Message.ShouldNotContain("secret-7");
    }

    [Fact]
    public void Read_RoleAllWithAConnectionString_IsAMemberOfACluster()
    {
        var (_, node) = Read(NodeRole.All, ("Cluster:ConnectionString", Local), ("Cluster:AdvertisedAddress", "10.1.2.3"));

        (node.Role, node.IsStandalone, node.SiloPort, node.GatewayPort).ShouldBe((NodeRole.All, false, 11111, 30000));
        node.AdvertisedAddress.ShouldBe(IPAddress.Parse("10.1.2.3"));
        node.ConnectionString.ShouldNotBeNull();
    }

    [Fact]
    public void Read_RoleAllInAClusterWithWhatIsItsOwn_IsAProblem() => Should.Throw<StartupException>(() => Read(
            NodeRole.All, ("Cluster:ConnectionString", Local), ("Catalog:File", "c.json"), ("Storage:Provider", "sqlite"))).Message.Split(Environment.NewLine)
        .Select(line => line[..line.IndexOf(": ", StringComparison.Ordinal)]).ShouldBe(["option Catalog:File", "option Storage:Provider"]);

    [Theory]
    [InlineData(null, (int)NodeRole.All)]
    [InlineData("all", (int)NodeRole.All)]
    [InlineData("Silo", (int)NodeRole.Silo)]
    [InlineData("frontend", (int)NodeRole.Frontend)]
    public void Role_OfAName_IsItsRole(string? name, int role) => ReadRole(name).ShouldBe((NodeRole)role);

    [Theory]
    [InlineData("1", "'1' is not valid. Use all, silo or frontend.")]
    [InlineData("silos", "'silos' is not valid. Did you mean \"silo\"?")]
    [InlineData("silo,frontend", "this is not valid. Use all, silo or frontend.")]
    public void Role_OfNoName_SaysWhichThereAre(string name, string words) =>
        Should.Throw<StartupException>(() => ReadRole(name)).Message.ShouldBe($"option role: {words}");

    [Theory]
    [InlineData("0", "0", 0)]
    [InlineData("", "", 0)]
    [InlineData("7", "0", 7)]
    public void Read_PortsOfAClusterByItself_AreThoseGivenOrFree(string silo, string gateway, int expected)
    {
        var (_, node) = Read(NodeRole.All, ("Cluster:SiloPort", silo), ("Cluster:GatewayPort", gateway));

        (node.SiloPort, node.GatewayPort).ShouldBe((expected, 0));
    }

    [Fact]
    public void Read_OptionsThatAreEmpty_AreTheirDefaults()
    {
        var (frontend, _) = Read(NodeRole.All, [.. NodeConfiguration.Options.Select(option => (option.Name, (string?)""))]);

        frontend.ShouldBe(new FrontendOptions { Storage = new(), Telemetry = frontend.Telemetry });
    }

    [Fact]
    public void Print_OfOptions_ShowsNoSecret()
    {
        var (frontend, node) = Read(
            NodeRole.All, ("Admin:Key", "secret-7-secret-7"), ("Security:MasterKey", new string('7', 64)), ("Cluster:ConnectionString", Local));

        $"{frontend} {node}".ShouldNotContain("7");
    }

    private static NodeRole ReadRole(string? name) =>
        NodeConfiguration.Read(Configuration(("role", name), ("Cluster:ConnectionString", Local))).Node.Role;

    private static (FrontendOptions Frontend, NodeOptions Node) Read(NodeRole role, params (string Key, string? Value)[] options) =>
        NodeConfiguration.Read(Configuration(options), role);

    private static IConfiguration Configuration(params (string Key, string? Value)[] options) =>
        new ConfigurationBuilder().AddInMemoryCollection(options.ToDictionary(option => option.Key, option => option.Value)).Build();
}
