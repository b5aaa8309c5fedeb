using System.Globalization;
using Ensemble.Deployment.Tests.Support;
using Ensemble.Silo;
using Ensemble.Testing;

namespace Ensemble.Deployment.Tests;

/// <summary>Probes, ports and command lines agree with each other and with the code.</summary>
public sealed class ProbeTests
{
    private static readonly Dictionary<string, string> Endpoints = new(StringComparer.Ordinal)
    {
        ["ensemble-silo"] = "src/Silo/Health/SiloProbes.cs",
        ["ensemble-frontend"] = "src/Frontend/Hosting/EndpointExtensions.cs",
    };

    [Theory]
    [MemberData(nameof(Overlay.Names), MemberType = typeof(Overlay))]
    public async Task Probe_OfEachNode_AsksAnEndpointThatTheCodeMaps(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        foreach (var (node, file) in Endpoints)
        {
            var workload = overlay.The("Deployment", node);
            var code = Repository.Read(file);
            string[] probes = ["startupProbe", "readinessProbe", "livenessProbe"];
            foreach (var probe in probes.Select(probe => workload.Container[probe]["httpGet"]))
            {
                code.ShouldMatch($"Map(Get|Read)\\(\"{probe["path"].Text}\"");
                workload.Ports[probe["port"].Text!].ShouldBe(ListensAt(workload));
            }

            workload.Container["readinessProbe.httpGet.path"].Text.ShouldBe("/readyz");
            workload.Container["livenessProbe.httpGet.path"].Text.ShouldBe("/livez");
        }
    }

    [Theory]
    [MemberData(nameof(Overlay.Names), MemberType = typeof(Overlay))]
    public async Task Startup_OfANode_MayTakeAsLongAsItsJoiningMay(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        var silo = Budget(overlay.The("Deployment", "ensemble-silo"));
        var frontend = Budget(overlay.The("Deployment", "ensemble-frontend"));

        // Orleans gives a silo five minutes to join, and a frontend waits for the first silo.
        silo.ShouldBeGreaterThan(300);
        frontend.ShouldBeGreaterThan(silo);
    }

    [Theory]
    [MemberData(nameof(Overlay.Names), MemberType = typeof(Overlay))]
    public async Task Ports_OfASilo_AreTheCodes(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        var ports = overlay.The("Deployment", "ensemble-silo").Ports;
        (ports["silo"], ports["gateway"]).ShouldBe((ProductOptions.SiloPort, ProductOptions.GatewayPort));
    }

    [Theory]
    [MemberData(nameof(Overlay.Names), MemberType = typeof(Overlay))]
    public async Task Metrics_OfEachNode_AreWhereScrapersAreToldToLook(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        var options = overlay.Of("ConfigMap").Single(map => map.Root["data"].Pairs.ContainsKey("Management__Url")).Root["data"].Pairs;
        foreach (var node in overlay.Of("Deployment"))
        {
            var annotations = node.Spec["template.metadata.annotations"].Fields;
            annotations["prometheus.io/scrape"].Text.ShouldBe("true");
            annotations["prometheus.io/path"].Text.ShouldBe("/metrics");
            annotations["prometheus.io/port"].Text.ShouldBe(node.Ports["metrics"].ToString(CultureInfo.InvariantCulture));
            options["Management__Url"].ShouldBe($"http://*:{node.Ports["metrics"]}");
        }
    }

    [Theory]
    [MemberData(nameof(Overlay.Names), MemberType = typeof(Overlay))]
    public async Task Arguments_OfEachPod_AreARoleOrACommandOfTheProgram(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        Arguments(overlay.The("Deployment", "ensemble-silo").Container).ShouldStartWith("--role silo --urls ");
        Arguments(overlay.The("Deployment", "ensemble-frontend").Container).ShouldStartWith("--role frontend --urls ");
        Arguments(overlay.The("Job", "ensemble-schema").Container).ShouldBe("schema");
        overlay.Of("Deployment").Select(node => Arguments(node.InitContainers.ShouldHaveSingleItem())).ShouldAllBe(line => line == "schema wait");
        Program.CommandLine().Names.ShouldContain("schema wait");
    }

    private static int ListensAt(Manifest workload)
    {
        var args = workload.Container["args"].Texts;
        var url = args[args.ToList().IndexOf("--urls") + 1]!;
        url.ShouldStartWith("http://*:");
        return int.Parse(url["http://*:".Length..], CultureInfo.InvariantCulture);
    }

    private static int Budget(Manifest workload) => workload.Container["startupProbe.periodSeconds"].Number * workload.Container["startupProbe.failureThreshold"].Number;

    private static string Arguments(Node container) => string.Join(' ', container["args"].Texts);
}
