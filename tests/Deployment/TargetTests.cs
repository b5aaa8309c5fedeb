using Ensemble.Deployment.Tests.Support;

namespace Ensemble.Deployment.Tests;

/// <summary>What points at something points at something that is there.</summary>
public sealed class TargetTests
{
    private static readonly string[] Nodes = ["ensemble-frontend", "ensemble-silo"];

    [Theory]
    [MemberData(nameof(Overlay.Names), MemberType = typeof(Overlay))]
    public async Task Service_OfEach_ChoosesOneWorkloadAndItsPorts(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        foreach (var service in overlay.Of("Service"))
        {
            var workload = Chosen(overlay, service.Spec["selector"]).ShouldHaveSingleItem();
            foreach (var port in service.Spec["ports"].Items)
            {
                workload.Ports[port["targetPort"].Text!].ShouldBe(port["port"].Number, $"{service}, {port["name"].Text}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Overlay.Names), MemberType = typeof(Overlay))]
    public async Task Workload_OfEach_ChoosesItsOwnPodsAlone(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        foreach (var workload in overlay.Workloads.Where(workload => workload.Kind != "Job"))
        {
            Chosen(overlay, workload.Spec["selector.matchLabels"]).ShouldHaveSingleItem().ShouldBe(workload);
        }
    }

    [Theory]
    [MemberData(nameof(Overlay.Names), MemberType = typeof(Overlay))]
    public async Task Budget_OfEachNode_LetsOneGo(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        var budgets = overlay.Of("PodDisruptionBudget");
        budgets.SelectMany(budget => Chosen(overlay, budget.Spec["selector.matchLabels"])).Select(workload => workload.Name).Order(StringComparer.Ordinal).ShouldBe(Nodes);
        budgets.ShouldAllBe(budget => budget.Spec["maxUnavailable"].Number == 1 && budget.Spec["unhealthyPodEvictionPolicy"].Text == "AlwaysAllow");
    }

    [Theory]
    [MemberData(nameof(Overlay.Names), MemberType = typeof(Overlay))]
    public async Task Autoscaler_OfEach_OwnsTheNumberOfItsTarget(string name)
    {
        var overlay = await Overlay.RenderAsync(name);
        var scalers = overlay.Of("HorizontalPodAutoscaler");

        foreach (var scaler in scalers)
        {
            var target = scaler.Spec["scaleTargetRef"];
            overlay.The(target["kind"].Text!, target["name"].Text!).Spec["replicas"].Exists.ShouldBeFalse(scaler.ToString());
            scaler.Spec["maxReplicas"].Number.ShouldBeGreaterThan(scaler.Spec["minReplicas"].Number);
        }

        var owned = scalers.Select(scaler => scaler.Spec["scaleTargetRef.name"].Text).ToList();
        overlay.Of("Deployment").Where(deployment => !owned.Contains(deployment.Name)).ShouldAllBe(deployment => deployment.Spec["replicas"].Exists);
    }

    [Fact]
    public async Task Autoscaler_OfProductionsSilos_KeepsThreeAndTakesOneAwayInTenMinutes()
    {
        var overlay = await Overlay.RenderAsync(Overlay.Production);

        var scaler = overlay.The("HorizontalPodAutoscaler", "ensemble-silo").Spec;
        scaler["minReplicas"].Number.ShouldBeGreaterThanOrEqualTo(3);
        var policy = scaler["behavior.scaleDown.policies"].Items.ShouldHaveSingleItem();
        (policy["type"].Text, policy["value"].Number, policy["periodSeconds"].Number).ShouldBe(("Pods", 1, 600));
    }

    [Theory]
    [MemberData(nameof(Overlay.Names), MemberType = typeof(Overlay))]
    public async Task Rollout_OfEachNode_TakesNoneAwayBeforeAnotherHasComeAndSpreadsThem(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        overlay.Of("Deployment").Select(deployment => deployment.Name).ShouldBe(Nodes);
        foreach (var deployment in overlay.Of("Deployment"))
        {
            deployment.Spec["strategy.rollingUpdate"].Pairs.ShouldBe(new Dictionary<string, string> { ["maxSurge"] = "1", ["maxUnavailable"] = "0" });
            var spread = deployment.Pod["topologySpreadConstraints"].Items;
            spread.Select(constraint => constraint["topologyKey"].Text).ShouldBe(["topology.kubernetes.io/zone", "kubernetes.io/hostname"]);
            spread.ShouldAllBe(constraint => deployment.IsChosenBy(constraint["labelSelector.matchLabels"].Pairs));
        }

        overlay.The("Deployment", "ensemble-silo").Spec["minReadySeconds"].Number.ShouldBe(30);
    }

    [Theory]
    [MemberData(nameof(Overlay.Names), MemberType = typeof(Overlay))]
    public async Task Labels_OfEachObject_AreTheUsualOnesAndSelectorsHaveNoVersion(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        foreach (var manifest in overlay.Manifests)
        {
            manifest.Labels["app.kubernetes.io/part-of"].ShouldBe("ensemble", manifest.ToString());
            manifest.Labels["app.kubernetes.io/instance"].ShouldBe($"ensemble-{name}", manifest.ToString());
        }

        string[] usual = ["app.kubernetes.io/component", "app.kubernetes.io/instance", "app.kubernetes.io/name", "app.kubernetes.io/part-of"];
        overlay.Workloads.ShouldAllBe(workload => usual.All(workload.PodLabels.ContainsKey) && usual.All(workload.Labels.ContainsKey));
        string[] selectors = ["selector", "matchLabels"];
        string[] lasting = ["app.kubernetes.io/component", "app.kubernetes.io/name", "kubernetes.io/metadata.name"];
        overlay.Manifests.SelectMany(manifest => manifest.Root.All())
            .Where(found => selectors.Contains(found.Path.Split('.')[^1]))
            .SelectMany(found => found.Node.Fields.Keys)
            .Where(key => key.Contains('/', StringComparison.Ordinal))
            .ShouldAllBe(key => lasting.Contains(key));
    }

    private static List<Manifest> Chosen(Overlay overlay, Node selector)
    {
        selector.Pairs.ShouldNotBeEmpty();
        return [.. overlay.Workloads.Where(workload => workload.IsChosenBy(selector.Pairs))];
    }
}
