using Ensemble.Deployment.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Deployment.Tests;

/// <summary>Every pod is what the namespace's Pod Security level "restricted" admits, and somewhat stricter.</summary>
public sealed class PodSecurityTests
{
    [Theory]
    [MemberData(nameof(Overlay.Names), MemberType = typeof(Overlay))]
    public async Task Namespace_OfEverything_EnforcesRestricted(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        var space = overlay.Of("Namespace").ShouldHaveSingleItem();
        space.Labels["pod-security.kubernetes.io/enforce"].ShouldBe("restricted");
        overlay.Manifests.Where(manifest => manifest.Kind != "Namespace").ShouldAllBe(manifest => manifest.Root["metadata.namespace"].Text == space.Name);
    }

    [Theory]
    [MemberData(nameof(Overlay.Names), MemberType = typeof(Overlay))]
    public async Task Pod_OfEachWorkload_IsRestricted(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        overlay.Workloads.Count.ShouldBeGreaterThan(2);
        foreach (var workload in overlay.Workloads)
        {
            var security = workload.Pod["securityContext"];
            security["runAsNonRoot"].IsTrue.ShouldBeTrue(workload.ToString());
            security["runAsUser"].Number.ShouldBeGreaterThan(0, workload.ToString());
            security["runAsGroup"].Number.ShouldBeGreaterThan(0, workload.ToString());
            security["seccompProfile.type"].Text.ShouldBe("RuntimeDefault", workload.ToString());
            string[] shared = ["hostNetwork", "hostPID", "hostIPC"];
            shared.ShouldAllBe(field => !workload.Pod[field].Exists);
            string[] kinds = ["name", "emptyDir", "configMap"];
            workload.Pod["volumes"].Items.SelectMany(volume => volume.Fields.Keys).ShouldAllBe(kind => kinds.Contains(kind));
        }
    }

    [Theory]
    [MemberData(nameof(Overlay.Names), MemberType = typeof(Overlay))]
    public async Task Container_OfEachPod_IsRestricted(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        foreach (var workload in overlay.Workloads)
        {
            foreach (var container in workload.AllContainers)
            {
                var who = $"{workload}, {container["name"].Text}";
                var security = container["securityContext"];
                security["allowPrivilegeEscalation"].IsFalse.ShouldBeTrue(who);
                security["readOnlyRootFilesystem"].IsTrue.ShouldBeTrue(who);
                security["capabilities.drop"].Texts.ShouldHaveSingleItem(who).ShouldBe("ALL");
                security.Fields.Keys.ShouldBe(["allowPrivilegeEscalation", "capabilities", "readOnlyRootFilesystem"], ignoreOrder: true, who);
                security["capabilities.add"].Exists.ShouldBeFalse(who);
                container["ports"].Items.ShouldAllBe(port => !port["hostPort"].Exists, who);

                var tmp = container["volumeMounts"].Items.Single(mount => mount["mountPath"].Text == "/tmp")["name"].Text;
                workload.Pod["volumes"].Items.Single(volume => volume["name"].Text == tmp)["emptyDir.sizeLimit"].Exists.ShouldBeTrue(who);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Overlay.Names), MemberType = typeof(Overlay))]
    public async Task Account_OfEachPod_IsItsOwnAndHasNoToken(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        foreach (var workload in overlay.Workloads)
        {
            workload.Pod["serviceAccountName"].Text.ShouldBe(workload.Name);
            workload.Pod["automountServiceAccountToken"].IsFalse.ShouldBeTrue(workload.ToString());
            workload.Pod["enableServiceLinks"].IsFalse.ShouldBeTrue(workload.ToString());
            overlay.The("ServiceAccount", workload.Name).Root["automountServiceAccountToken"].IsFalse.ShouldBeTrue(workload.ToString());
        }

        string[] rights = ["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"];
        overlay.Manifests.ShouldAllBe(manifest => !rights.Contains(manifest.Kind));
    }

    [Theory]
    [MemberData(nameof(Overlay.Names), MemberType = typeof(Overlay))]
    public async Task User_OfTheProductsPods_IsTheImages(string name)
    {
        var overlay = await Overlay.RenderAsync(name);
        var user = Repository.Read("Dockerfile").Split('\n').Single(line => line.StartsWith("USER ", StringComparison.Ordinal))["USER ".Length..];

        overlay.OfProduct.Select(workload => workload.Pod["securityContext.runAsUser"].Text).ShouldAllBe(uid => uid == user);
    }

    [Theory]
    [MemberData(nameof(Overlay.Names), MemberType = typeof(Overlay))]
    public async Task Resources_OfEachContainer_HaveNoCpuLimitAndTheMemoryTheyAskFor(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        foreach (var container in overlay.Workloads.SelectMany(workload => workload.AllContainers))
        {
            container["resources.requests.cpu"].Exists.ShouldBeTrue(container["name"].Text);
            container["resources.requests.memory"].Exists.ShouldBeTrue(container["name"].Text);
            container["resources.limits"].Pairs.ShouldBe(new Dictionary<string, string> { ["memory"] = container["resources.requests.memory"].Text! });
        }
    }
}
