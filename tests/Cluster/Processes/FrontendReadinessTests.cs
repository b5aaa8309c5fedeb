using System.Net;
using System.Text.Json;
using Ensemble.Cluster.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Cluster.Tests.Processes;

/// <summary>A frontend takes requests only while there is a silo to execute them.</summary>
public sealed class FrontendReadinessTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Ready_LastSiloGoneAndANewOneThere_FollowsWithinSeconds()
    {
        await using var cluster = await NodeCluster.StartAsync();
        await cluster.Silos[0].KillAsync();
        await cluster.WaitForDeadAsync(1);
        (await cluster.Frontends[0].GetAsync("/readyz")).Status.ShouldBe(HttpStatusCode.OK, "one silo is there");

        await cluster.Silos[1].KillAsync();
        await Task.WhenAll(cluster.Frontends.Select(frontend => WaitAsync(frontend, HttpStatusCode.ServiceUnavailable)));
        var (_, body) = await cluster.Frontends[0].GetAsync("/readyz");
        JsonElement.Parse(body).GetProperty("status").GetString().ShouldBe("no_silo");
        (await cluster.Frontends[0].GetAsync("/livez")).Status.ShouldBe(HttpStatusCode.OK);

        await cluster.AddSiloAsync();
        await Task.WhenAll(cluster.Frontends.Select(frontend => WaitAsync(frontend, HttpStatusCode.OK)));
        var answer = await cluster.Frontends[0].PostAsync("/v1/chat/completions", """{"model":"sim-swift","messages":[{"role":"user","content":"Hello"}]}""");
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body);
    }

    private static Task WaitAsync(NodeProcess frontend, HttpStatusCode status) =>
        Eventually.TrueAsync(async () => (await frontend.GetAsync("/readyz")).Status == status, Now.Cancel, Soon);
}
