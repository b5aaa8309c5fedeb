using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Cluster.Tests.Support;
using Ensemble.Grains.Members;
using Ensemble.Members;

namespace Ensemble.Cluster.Tests.Members;

/// <summary>What <c>/admin/cluster</c> says of a cluster.</summary>
public sealed class ClusterMembersTests
{
    [Fact]
    public async Task Read_AfterARun_NamesEverySiloAndWhereEachGateLives()
    {
        await using var bench = await ClusterBench.StartAsync(model => model with { RateLimit = new RateLimitConfig { Rpm = 1000 } });
        foreach (var frontend in bench.Frontends)
        {
            (await frontend.ChatAsync(ClusterBench.Ask)).Status.ShouldBe(200);
        }

        var cluster = await ReadAsync(bench.Frontends[0].Http);

        cluster.Problem.ShouldBeNull();
        var silos = cluster.Members.Where(member => member.Address is not null).ToList();
        silos.Select(silo => silo.Address).ShouldBe(
            bench.Cluster.Silos.Select(silo => silo.SiloAddress.Endpoint.ToString()), ignoreOrder: true);
        silos.ShouldAllBe(silo => silo.Status == MemberReport.Active && silo.Problem == null && silo.StartedAt != null);
        silos.ShouldAllBe(silo => silo.Node!.Version.Length > 0);
        var gates = silos.SelectMany(silo => silo.Node!.Gates).ToList();
        gates.ShouldBeUnique();
        gates.ShouldBe(["model:bilby", "model:numbat", "model:quokka", "model:wombat"], ignoreOrder: true);
        silos.ShouldAllBe(silo => silo.Node!.GateCount == silo.Node.Gates.Count);
        silos.ShouldAllBe(silo => silo.Node!.Activations["model_gates"] == silo.Node.GateCount);
        silos.Sum(silo => silo.Node!.Activations["orleans"]).ShouldBeGreaterThan(0);
        var own = cluster.Members.Where(member => member.Address is null).ShouldHaveSingleItem();
        own.Node!.Activations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Read_AfterASiloWasKilled_ShowsTheOthers()
    {
        await using var bench = await ClusterBench.StartAsync();
        var killed = bench.Cluster.Silos[2];
        await bench.Cluster.KillSiloAsync(killed);

        var cluster = await ReadAsync(bench.Frontends[1].Http);

        var lost = cluster.Members.Single(member => member.Address == killed.SiloAddress.Endpoint.ToString());
        (lost.Status != MemberReport.Active || lost.Problem is not null).ShouldBeTrue();
        lost.Node.ShouldBeNull();
        cluster.Members.Count(member => member is { Address: not null, Node: not null }).ShouldBe(2);
    }

    [Fact]
    public async Task Read_TwoNodesOfWhichOneStandsStill_ShowsItAsSilent()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no signals on Windows.");
        await using var nodes = await NodeCluster.StartAsync();
        var before = await ReadAsync(nodes.Frontends[0].Http);
        await nodes.Silos[0].SuspendAsync();

        var cluster = await ReadAsync(nodes.Frontends[0].Http);

        before.Members.Select(member => member.Node?.Role).ShouldBe(["silo", "silo", "frontend"], ignoreOrder: true);
        before.ClusterId.ShouldBe("ensemble");
        before.Members.ShouldAllBe(member => member.SeenAt != null && member.StartedAt <= member.SeenAt);
        cluster.Members.Count.ShouldBe(3, cluster.Problem);
        var silent = cluster.Members.Where(member => member.Node is null).ShouldHaveSingleItem();

        // The others may have found it dead by then.
        (silent.Problem is not null || silent.Status == MemberReport.Dead).ShouldBeTrue(silent.ToString());
        await nodes.Silos[0].ResumeAsync();
    }

    [Fact]
    public async Task Read_NodeThatIsTheWholeCluster_IsTheOnlyMember()
    {
        await using var node = await HostedNode.StartAsync("--Storage:Provider", "memory", "--Management:Url", "none");

        var member = (await ReadAsync(node.Http)).Members.ShouldHaveSingleItem();

        (member.Status, member.Node?.Role, member.Problem).ShouldBe((MemberReport.Active, "all", null));
        member.Node!.Activations.Keys.ShouldBe(["caller_gates", "model_gates", "orleans", "runs", "usage_watch"], ignoreOrder: true);
    }

    [Fact]
    public void Kinds_OfGrains_AreKnownByTheirClassAndTheRestIsOne()
    {
        var sums = ActivationKinds.Sum(
        [
            ("Ensemble.Grains.Runs.EnsembleRunGrain,Ensemble.Grains", 3),
            ("ModelCallGrain", 2),
            ("Orleans.Streams.PubSubRendezvousGrain", 4),
            ("ManagementGrain", 1),
        ]);

        sums.Select(sum => (sum.Key, sum.Value)).ShouldBe(
            [("caller_gates", 0), ("model_gates", 2), ("orleans", 5), ("runs", 3), ("usage_watch", 0)]);
    }

    private static async Task<ClusterReport> ReadAsync(HttpClient http)
    {
        using var answer = await http.GetAsync("/admin/cluster", Now.Cancel);
        var body = await answer.Content.ReadAsByteArrayAsync(Now.Cancel);
        ((int)answer.StatusCode).ShouldBe(200, JsonElement.Parse(body).GetRawText());
        return MembersJson.ReadCluster(body);
    }
}
