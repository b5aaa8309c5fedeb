using System.Net;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Telemetry;

namespace Ensemble.Frontend.Tests.Admin;

/// <summary>The members of a cluster, of a process that is in none.</summary>
public sealed class ClusterTests
{
    [Fact]
    public async Task Read_ProcessInNoCluster_IsTheOnlyMember()
    {
        await using var council = await Council.StartAsync(args: AdminExtensions.KeyOption);

        var answer = await council.Gateway.ReadAsync("/admin/cluster");

        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body);
        answer.Header("cache-control").ShouldBe("no-store");
        var member = answer.Json.GetProperty("members").EnumerateArray().ShouldHaveSingleItem();
        member.GetProperty("status").GetString().ShouldBe("active");
        member.GetProperty("node").GetProperty("version").GetString().ShouldBe(EnsembleTelemetry.Version);
        member.GetProperty("node").GetProperty("ledger").GetProperty("capacity_bytes").GetInt64().ShouldBeGreaterThan(0);
        answer.Json.GetProperty("cluster_id").GetString().ShouldBeNull();
    }

    [Fact]
    public async Task Read_WithoutTheAdminKey_IsClosed()
    {
        await using var council = await Council.StartAsync(more: catalog => catalog.AddKey("sk-anna"), args: AdminExtensions.KeyOption);

        (await council.Gateway.GetAsync("/admin/cluster", "sk-anna")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }
}
