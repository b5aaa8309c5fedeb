using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Ensemble.Catalog;
using Ensemble.Cluster.Tests.Support;
using Ensemble.Execution;
using Ensemble.Grains.Runs;
using Ensemble.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Cluster.Tests.Runs;

/// <summary>A request that comes again, at any frontend, after any loss.</summary>
public sealed class RepeatedRunTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Kill_SiloWhileTheJudgeIsAsked_ThePanelIsPaidOnce(int frontend)
    {
        await using var bench = await ClusterBench.StartAsync();
        bench.Model("bilby").Enqueue(StubReply.Hang());
        var asking = bench.Frontends[frontend].ChatAsync(ClusterBench.AskStreamed);
        await bench.Stub.WaitForRequestsAsync("vendor-bilby", 1, Now.Cancel);
        await StoredAsync(bench, 3);

        await bench.Cluster.KillSiloAsync(bench.Cluster.Silos.Single(silo =>
            bench.Cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<RunHost>().InFlight == 1));

        var (status, body, _) = await asking;
        (status, body.Contains("Paris", StringComparison.Ordinal)).ShouldBe((200, true), body);
        bench.Stub.Requests.GroupBy(request => request.Model).ShouldAllBe(model => model.Count() == (model.Key == "vendor-bilby" ? 2 : 1));
    }

    [Fact]
    public async Task Repeat_AtTheOtherFrontend_JoinsTheRunAndLaterHasItsAnswer()
    {
        await using var bench = await ClusterBench.StartAsync();
        var hold = new TaskCompletionSource();
        bench.Model("bilby").Default = StubReply.Gated(hold.Task, StubReply.Text("It is Paris."));
        var first = AskAsync(bench.Frontends[0], ClusterBench.AskStreamed);
        await bench.Stub.WaitForRequestsAsync("vendor-bilby", 1, Now.Cancel);

        var second = AskAsync(bench.Frontends[1], ClusterBench.AskStreamed);
        hold.SetResult();
        var answers = await Task.WhenAll(first, second);
        var third = await AskAsync(bench.Frontends[1], ClusterBench.AskStreamed);

        answers[0].ShouldContain("[DONE]");
        Timeless(answers[1]).ShouldBe(Timeless(answers[0]));
        Timeless(third).ShouldBe(Timeless(answers[0]));
        bench.Stub.Requests.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Retry_AtTheOtherFrontendAfterTheJudgeFailed_AsksTheJudgeAlone()
    {
        await using var bench = await ClusterBench.StartAsync(
            model => model with { Retries = 0 }, ensemble => ensemble with { OnJudgeFailure = OnJudgeFailure.Fail });
        bench.Model("bilby").Enqueue(StubReply.Error(500, null, "out of order"));
        (await bench.Frontends[0].ChatAsync(ClusterBench.Ask)).Status.ShouldBe(502);

        bench.Frontends[1].Http.DefaultRequestHeaders.Add("x-stainless-retry-count", "1");
        var (status, body, _) = await bench.Frontends[1].ChatAsync(ClusterBench.Ask);

        status.ShouldBe(200, body);
        bench.Stub.Requests.Count.ShouldBe(5);
    }

    [Fact]
    public async Task Repeat_SiloOfTheAnsweredRunIsGone_NothingIsPaidTwice()
    {
        await using var bench = await ClusterBench.StartAsync();
        var before = await AskAsync(bench.Frontends[0], ClusterBench.Ask);
        await StoredAsync(bench, 4);
        var grain = bench.Cluster.Client.GetGrain<IEnsembleRunGrain>(bench.Usage.Events[0].Run.Value);
        var home = await bench.Cluster.Client.GetGrain<IManagementGrain>(0).GetActivationAddress(grain);
        await bench.Cluster.KillSiloAsync(bench.Cluster.GetSiloForAddress(home!)!);

        var again = await AskAsync(bench.Frontends[1], ClusterBench.Ask);

        again.ShouldContain("It is Paris.");
        again[..60].ShouldBe(before[..60], "it has the same id");
        bench.Stub.Requests.Count.ShouldBe(4);
    }

    // Each answer over HTTP says when it was made.
    private static string Timeless(string answer) => Regex.Replace(answer, "\"created\":[0-9]+", "", RegexOptions.NonBacktracking);

    // The inserts are not waited for by the run.
    private static async Task StoredAsync(ClusterBench bench, int answers)
    {
        var run = bench.Usage.Events.Select(usage => usage.Run).Distinct().ShouldHaveSingleItem();
        await Eventually.TrueAsync(
            async () => (await bench.RunStore.LoadAnswersAsync(run, TimeProvider.System.GetUtcNow(), Now.Cancel)).Count >= answers,
            Now.Cancel);
    }

    private static async Task<string> AskAsync(FrontendNode frontend, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "any");
        request.Headers.Add("Idempotency-Key", "order-66");
        using var response = await frontend.Http.SendAsync(request, Now.Cancel);
        var body = await response.Content.ReadAsStringAsync(Now.Cancel);
        ((int)response.StatusCode).ShouldBe(200, body);
        return body;
    }
}
