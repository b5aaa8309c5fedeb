using System.Net;
using Ensemble.Deployment.Tests.Support;

namespace Ensemble.Deployment.Tests;

/// <summary>Nothing is open but what is listed here.</summary>
public sealed class NetworkTests
{
    private static readonly string[] Both = ["Ingress", "Egress"];

    [Theory]
    [MemberData(nameof(Overlay.Names), MemberType = typeof(Overlay))]
    public async Task DefaultPolicy_OfEveryPod_LetsNothingThrough(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        var policy = overlay.The("NetworkPolicy", "default-deny").Spec;
        policy["podSelector"].Pairs.ShouldBeEmpty();
        policy["policyTypes"].Texts.ShouldBe(Both);
        policy.Fields.Keys.Order(StringComparer.Ordinal).ShouldBe(["podSelector", "policyTypes"]);
    }

    [Theory]
    [MemberData(nameof(Overlay.Names), MemberType = typeof(Overlay))]
    public async Task Policy_OfEach_ChoosesPodsThatAreThereAndSaysAllItsDirections(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        foreach (var policy in overlay.Of("NetworkPolicy"))
        {
            overlay.Workloads.ShouldContain(workload => workload.IsChosenBy(policy.Spec["podSelector.matchLabels"].Pairs), policy.ToString());
            policy.Spec.All().Where(found => found.Path.EndsWith(".[].podSelector.matchLabels", StringComparison.Ordinal))
                .ShouldAllBe(found => overlay.Workloads.Any(workload => workload.IsChosenBy(found.Node.Pairs)));
            Both.Where(direction => policy.Spec[direction == "Ingress" ? "ingress" : "egress"].Exists)
                .ShouldAllBe(direction => policy.Spec["policyTypes"].Texts.Contains(direction));
        }
    }

    [Theory]
    [InlineData("ensemble-silo", "Ingress", "TCP 11111 from silo, TCP 30000 from frontend, TCP 9464 from cluster")]
    [InlineData("ensemble-silo", "Egress", "TCP 11111 to silo, TCP 4317 to cluster, TCP 4318 to cluster, TCP 443 to internet, TCP 53 to kube-system, TCP 5432 to anywhere, UDP 53 to kube-system")]
    [InlineData("ensemble-frontend", "Ingress", "TCP 8080 from anywhere, TCP 9464 from cluster")]
    [InlineData("ensemble-frontend", "Egress", "TCP 30000 to silo, TCP 4317 to cluster, TCP 4318 to cluster, TCP 53 to kube-system, TCP 5432 to anywhere, UDP 53 to kube-system")]
    [InlineData("ensemble-schema", "Ingress", "")]
    [InlineData("ensemble-schema", "Egress", "TCP 4317 to cluster, TCP 4318 to cluster, TCP 53 to kube-system, TCP 5432 to anywhere, UDP 53 to kube-system")]
    public async Task Ports_OfAWorkload_AreThese(string workload, string direction, string open)
    {
        foreach (var name in new[] { Overlay.Development, Overlay.Production })
        {
            var overlay = await Overlay.RenderAsync(name);
            var pods = overlay.Workloads.Single(one => one.Name == workload);

            string.Join(", ", Open(overlay, pods, direction)).ShouldBe(open, $"{name}: {workload}, {direction}");
        }
    }

    [Fact]
    public async Task Ports_OfTheDevelopmentDatabase_AreItsOwnFromTheProduct()
    {
        var overlay = await Overlay.RenderAsync(Overlay.Development);
        var database = overlay.The("StatefulSet", "ensemble-postgres");

        Open(overlay, database, "Ingress").ShouldBe(["TCP 5432 from ensemble"]);
        Open(overlay, database, "Egress").ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Overlay.Names), MemberType = typeof(Overlay))]
    public async Task Ports_ThatPoliciesLetIn_ArePortsOfThePods(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        foreach (var policy in overlay.Of("NetworkPolicy"))
        {
            var pods = overlay.Workloads.Where(workload => workload.IsChosenBy(policy.Spec["podSelector.matchLabels"].Pairs));
            var ports = pods.SelectMany(workload => workload.Ports.Values).ToHashSet();
            policy.Spec["ingress"].Items.SelectMany(rule => rule["ports"].Items).ShouldAllBe(port => ports.Contains(port["port"].Number), policy.ToString());
        }
    }

    [Theory]
    [InlineData("10.1.2.3", false)]
    [InlineData("100.64.1.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("fd12:3456::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("8.8.8.8", true)]
    [InlineData("172.32.0.1", true)]
    [InlineData("2606:4700::1", true)]
    public async Task Providers_AtAnAddress_AreCalledInTheInternetAlone(string address, bool isOpen)
    {
        var overlay = await Overlay.RenderAsync(Overlay.Production);

        var blocks = overlay.The("NetworkPolicy", "ensemble-providers").Spec["egress"].Items.ShouldHaveSingleItem()["to"].Items.Select(peer => peer["ipBlock"]).ToList();

        blocks.Any(block => Has(block["cidr"]) && !block["except"].Items.Any(Has)).ShouldBe(isOpen);

        bool Has(Node network) => IPNetwork.Parse(network.Text!).Contains(IPAddress.Parse(address));
    }

    private static List<string> Open(Overlay overlay, Manifest pods, string direction)
    {
        var (field, peers, word) = direction == "Ingress" ? ("ingress", "from", "from") : ("egress", "to", "to");
        return
        [
            .. overlay.Of("NetworkPolicy").Where(policy => pods.IsChosenBy(policy.Spec["podSelector.matchLabels"].Pairs))
                .SelectMany(policy => policy.Spec[field].Items)
                .SelectMany(rule => rule["ports"].Items.Select(port => $"{port["protocol"].Text} {port["port"].Text} {word} {Peer(rule[peers])}"))
                .Order(StringComparer.Ordinal),
        ];
    }

    private static string Peer(Node peers)
    {
        if (!peers.Exists)
        {
            return "anywhere";
        }

        var first = peers.Items[0];
        var space = first["namespaceSelector.matchLabels"].Fields;
        return first["podSelector"].Exists ? first["podSelector.matchLabels"].Fields.GetValueOrDefault("app.kubernetes.io/component", first["podSelector.matchLabels"].Fields["app.kubernetes.io/name"]).Text!
            : space.TryGetValue("kubernetes.io/metadata.name", out var named) ? named.Text!
            : first["namespaceSelector"].Exists ? "cluster"
            : "internet";
    }
}
