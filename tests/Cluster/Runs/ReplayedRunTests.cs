using System.Text.Json;
using Ensemble.Cluster.Tests.Support;
using Ensemble.Execution;
using Ensemble.Runs;
using Ensemble.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Cluster.Tests.Runs;

/// <summary>A replay at any frontend, on any silo.</summary>
public sealed class ReplayedRunTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public async Task Replay_AtTheOtherFrontend_AsksNoMemberAgain(int first, int second)
    {
        await using var bench = await ClusterBench.StartAsync();
        bench.Model("wombat").Default = StubReply.Text("Lyon.");
        var (status, body, headers) = await bench.Frontends[first].ChatAsync(ClusterBench.Ask);
        status.ShouldBe(200, body);
        var run = headers.GetValues("x-ensemble-run-id").Single();

        var vote = await bench.Frontends[second].PostAsync($"/v1/runs/{run}/replay", """{"strategy":"vote"}""");
        var judged = await bench.Frontends[second].PostAsync($"/v1/runs/{run}/replay", """{"judge":"solo","stream":true}""");

        vote.Status.ShouldBe(200, vote.Body);
        JsonElement.Parse(vote.Body).GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString().ShouldBe("Paris.");
        JsonElement.Parse(vote.Body).GetProperty("usage").GetProperty("total_tokens").GetInt32().ShouldBe(0);
        judged.Body.ShouldEndWith("data: [DONE]\n\n");
        bench.Stub.Requests.GroupBy(request => request.Model).ShouldAllBe(model => model.Count() == 1);
        bench.Stub.Requests.Count.ShouldBe(5);
        RunId.TryParse(vote.Headers.GetValues("x-ensemble-run-id").Single(), out var replay).ShouldBeTrue();
        var manifest = (await bench.Frontends[first].Services.GetRequiredService<IRunEngine>().FindManifestAsync(replay, Now.Cancel)).ShouldNotBeNull();
        manifest.ReplayOf.ShouldNotBeNull().Value.ShouldBe(run);
        bench.Usage.Events.Count.ShouldBe(5);
    }

    [Fact]
    public async Task Replay_SiloIsLostWhileTheJudgeIsAsked_AnotherOneGoesOnWithTheStoredPanel()
    {
        await using var bench = await ClusterBench.StartAsync();
        var (_, _, headers) = await bench.Frontends[0].ChatAsync(ClusterBench.Ask);
        var run = headers.GetValues("x-ensemble-run-id").Single();
        bench.Model("bilby").Enqueue(StubReply.Hang());
        var replaying = bench.Frontends[1].PostAsync($"/v1/runs/{run}/replay", "{}");
        await bench.Stub.WaitForRequestsAsync("vendor-bilby", 2, Now.Cancel);

        await bench.Cluster.KillSiloAsync(bench.Cluster.Silos.Single(silo =>
            bench.Cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<RunHost>().InFlight == 1));

        var (status, body, _) = await replaying;
        (status, body.Contains("It is Paris.", StringComparison.Ordinal)).ShouldBe((200, true), body);
        bench.Stub.Requests.GroupBy(request => request.Model).ShouldAllBe(model => model.Count() == (model.Key == "vendor-bilby" ? 3 : 1));
    }
}
