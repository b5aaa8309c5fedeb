using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Ensemble.Cluster.Tests.Support;
using Ensemble.Testing;
using OpenAI.Chat;

namespace Ensemble.Cluster.Tests.Processes;

/// <summary>A cluster of processes that find each other in PostgreSQL.</summary>
public sealed class ClusterProcessTests(SharedCluster shared) : IClassFixture<SharedCluster>
{
    private const string Question = "What is 17 * 23?";

    [Fact]
    public async Task Ask_TwoSilosAndTwoFrontends_AnswerTheOfficialSdkWholeAndStreamed()
    {
        var cluster = await shared.StartedAsync();
        foreach (var frontend in cluster.Frontends)
        {
            var whole = (await NodeCluster.Sdk(frontend, "council").CompleteChatAsync([new UserChatMessage(Question)], cancellationToken: Now.Cancel)).Value;
            whole.Content[0].Text.ShouldContain("391");
            whole.Usage.TotalTokenCount.ShouldBeGreaterThan(0);

            var (text, updates) = ("", 0);
            await foreach (var update in NodeCluster.Sdk(frontend, "council").CompleteChatStreamingAsync([new UserChatMessage(Question)], cancellationToken: Now.Cancel))
            {
                (text, updates) = (text + string.Concat(update.ContentUpdate.Select(part => part.Text)), updates + 1);
            }

            text.ShouldContain("391");
            updates.ShouldBeGreaterThan(1);
        }

        foreach (var node in cluster.Silos.Concat(cluster.Frontends))
        {
            (await node.GetAsync("/livez")).Status.ShouldBe(HttpStatusCode.OK);
            (await node.GetAsync("/readyz")).Status.ShouldBe(HttpStatusCode.OK);

            // What Orleans says of a machine that is slow is no fault of a request's.
            node.Log.Split('\n').Where(line => line.Contains(" fail: Ensemble", StringComparison.Ordinal) || line.Contains(" crit: ", StringComparison.Ordinal)).ShouldBeEmpty();
        }

        (await cluster.Silos[0].GetAsync("/readyz")).Body.ShouldBe("""{"status":"ready","membership":"Active","runs_in_flight":0,"ledger":{"queued_bytes":0,"capacity_bytes":67108864,"dropped":0,"unconfirmed":0}}""");
        (await cluster.Silos[0].GetAsync("/v1/models")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Edit_ThroughOneFrontend_ReachesRunsOfTheOtherWithinASecond()
    {
        var cluster = await shared.StartedAsync();
        (await cluster.Frontends[1].PostAsync("/v1/chat/completions", """{"model":"sim-swift","messages":[{"role":"user","content":"Hello"}]}""")).Status.ShouldBe(HttpStatusCode.OK);
        var times = new List<double>();
        for (var round = 0; round < 5; round++)
        {
            var entry = $$"""{"simulated":{"latency_ms":0,"tokens_per_second":0},"provider":"simulated","display_name":"fresh-{{round}}"}""";
            (await cluster.Frontends[0].PostAsync("/admin/models", entry)).Status.ShouldBe(HttpStatusCode.Created);
            var written = Stopwatch.GetTimestamp();
            var ask = $$"""{"model":"fresh-{{round}}","messages":[{"role":"user","content":"Hello"}]}""";
            var status = HttpStatusCode.NotFound;
            await Eventually.TrueAsync(
                async () =>
                {
                    (status, _) = await cluster.Frontends[1].PostAsync("/v1/chat/completions", ask);
                    return status != HttpStatusCode.NotFound;
                },
                Now.Cancel);
            status.ShouldBe(HttpStatusCode.OK);
            times.Add(Stopwatch.GetElapsedTime(written).TotalMilliseconds);
        }

        TestContext.Current.SendDiagnosticMessage("edits reached runs after {0} ms", string.Join(", ", times.Select(time => time.ToString("f0"))));
        times.Order().ElementAt(2).ShouldBeLessThan(1000);
    }

    [Fact]
    public async Task Edit_ThroughOneFrontend_ReachesRunsOfEverySiloWithinASecond()
    {
        await using var stub = await UpstreamStub.StartAsync();
        var cluster = await shared.StartedAsync();
        var times = new List<double>();
        for (var round = 0; round < 5; round++)
        {
            var gate = new TaskCompletionSource();
            stub.Model($"vendor-{round}").Default = StubReply.Gated(gate.Task, StubReply.Text("Fresh."));
            (await cluster.Frontends[0].PostAsync(
                "/admin/models", $$"""{"display_name":"everywhere-{{round}}","provider":"openai","base_url":"{{stub.BaseUrl}}","model":"vendor-{{round}}"}""")).Status.ShouldBe(HttpStatusCode.Created);
            var written = Stopwatch.GetTimestamp();

            // Which silo takes a run is nobody's choice: one is asked for after the other, until every silo is at work for the new model.
            var asking = new List<Task<(HttpStatusCode Status, string Body)>>();
            var running = new int[cluster.Silos.Count];
            var ask = $$"""{"model":"everywhere-{{round}}","messages":[{"role":"user","content":"Hello"}]}""";
            await Eventually.TrueAsync(
                async () =>
                {
                    if (running.Sum() == asking.Count)
                    {
                        asking.Add(cluster.Frontends[0].PostAsync("/v1/chat/completions", ask));
                    }

                    running = await Task.WhenAll(cluster.Silos.Select(RunsAsync));
                    asking.ShouldAllBe(answer => !answer.IsCompleted);
                    return !running.Contains(0);
                },
                Now.Cancel);
            times.Add(Stopwatch.GetElapsedTime(written).TotalMilliseconds);
            gate.SetResult();
            (await Task.WhenAll(asking)).ShouldAllBe(answer => answer.Status == HttpStatusCode.OK && answer.Body.Contains("Fresh."));
            await Eventually.TrueAsync(
                async () => (await Task.WhenAll(cluster.Silos.Select(RunsAsync))).All(count => count == 0), Now.Cancel);
        }

        TestContext.Current.SendDiagnosticMessage("edits reached runs of all silos after {0} ms", string.Join(", ", times.Select(time => time.ToString("f0"))));
        times.Order().ElementAt(2).ShouldBeLessThan(1000);
    }

    [Fact]
    public async Task Terminate_ASiloWithRuns_LetsThemFinishAndEndsWith0()
    {
        await using var stub = await UpstreamStub.StartAsync();
        await using var cluster = await NodeCluster.StartAsync();
        var gate = new TaskCompletionSource();
        stub.Model("vendor-slow").Default = StubReply.Gated(gate.Task, StubReply.Text("Waited for."));
        (await cluster.Frontends[0].PostAsync(
            "/admin/models", $$"""{"display_name":"slow","provider":"openai","base_url":"{{stub.BaseUrl}}","model":"vendor-slow"}""")).Status.ShouldBe(HttpStatusCode.Created);
        var asking = Enumerable.Range(0, 12).Select(index => cluster.Frontends[0].PostAsync(
            "/v1/chat/completions", $$"""{"model":"slow","stream":{{(index % 2 == 0 ? "true" : "false")}},"messages":[{"role":"user","content":"Number {{index}}"}]}""")).ToList();
        await stub.WaitForRequestsAsync("vendor-slow", asking.Count, Now.Cancel);
        var counts = await Task.WhenAll(cluster.Silos.Select(RunsAsync));
        counts.Sum().ShouldBe(asking.Count);
        var silo = cluster.Silos[counts[0] >= counts[1] ? 0 : 1];

        await silo.TerminateAsync();
        await Eventually.TrueAsync(async () => (await silo.GetAsync("/readyz")).Status != HttpStatusCode.OK, Now.Cancel);

        (await RunsAsync(silo)).ShouldBe(counts.Max());
        (await silo.GetAsync("/livez")).Status.ShouldBe(HttpStatusCode.OK);
        gate.SetResult();

        (await Task.WhenAll(asking)).ShouldAllBe(answer => answer.Status == HttpStatusCode.OK && answer.Body.Contains("for."));
        (await silo.WaitForExitAsync()).ShouldBe(0);
        var other = cluster.Silos[counts[0] >= counts[1] ? 1 : 0];
        (await other.GetAsync("/readyz")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Kill_ASiloWithRuns_AllAreAnsweredByTheOthers()
    {
        await using var stub = await UpstreamStub.StartAsync();
        await using var cluster = await NodeCluster.StartAsync();
        await cluster.AddSiloAsync();
        var gate = new TaskCompletionSource();
        stub.Model("vendor-slow").Default = StubReply.Gated(gate.Task, StubReply.Text("Waited for."));
        (await cluster.Frontends[0].PostAsync(
            "/admin/models", $$"""{"display_name":"slow","provider":"openai","base_url":"{{stub.BaseUrl}}","model":"vendor-slow"}""")).Status.ShouldBe(HttpStatusCode.Created);
        var asking = Enumerable.Range(0, 12).Select(index => cluster.Frontends[index % 2].PostAsync(
            "/v1/chat/completions", $$"""{"model":"slow","stream":{{(index % 3 == 0 ? "true" : "false")}},"messages":[{"role":"user","content":"Number {{index}}"}]}""")).ToList();
        await stub.WaitForRequestsAsync("vendor-slow", asking.Count, Now.Cancel);
        var counts = await Task.WhenAll(cluster.Silos.Select(RunsAsync));
        var most = counts.Max();

        await cluster.Silos[Array.IndexOf(counts, most)].KillAsync();

        // Those of the victim are asked for again.
        await stub.WaitForRequestsAsync("vendor-slow", asking.Count + most, Now.Cancel);
        gate.SetResult();
        (await Task.WhenAll(asking)).ShouldAllBe(answer => answer.Status == HttpStatusCode.OK && answer.Body.Contains("for."));
    }

    [Fact]
    public async Task Restart_EverySiloInTurnWhileRequestsCome_AllAreAnswered()
    {
        await using var cluster = await NodeCluster.StartAsync();
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Now.Cancel);
        var callers = Enumerable.Range(0, 12)
            .Select(index => AskUntilAsync(cluster, cluster.Frontends[index % 2], streamed: index % 3 != 0, done.Token)).ToList();
        foreach (var silo in cluster.Silos.ToList())
        {
            await cluster.AddSiloAsync();
            await silo.TerminateAsync();
            (await silo.WaitForExitAsync()).ShouldBe(0);
        }

        await done.CancelAsync();

        // How many were asked is a matter of the machine; that none was lost is not.
        (await Task.WhenAll(callers)).ShouldAllBe(answered => answered > 0);
    }

    /// <returns>How many were answered. Anything else than an answer fails.</returns>
    private static async Task<int> AskUntilAsync(NodeCluster cluster, NodeProcess frontend, bool streamed, CancellationToken done)
    {
        var body = $$"""{"model":"sim-swift","stream":{{(streamed ? "true" : "false")}},"messages":[{"role":"user","content":"Hello"}]}""";
        for (var answered = 0; ; answered++)
        {
            if (done.IsCancellationRequested)
            {
                return answered;
            }

            try
            {
                var answer = await frontend.PostAsync("/v1/chat/completions", body);
                answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body);
                answer.Body.ShouldNotContain("\"error\"");
            }
            catch (HttpRequestException exception)
            {
                Assert.Fail($"{exception.Message}\n{frontend.Log}\n{string.Join("\n--- silo\n", cluster.Silos.Select(silo => silo.Log))}");
            }
        }
    }

    private static async Task<int> RunsAsync(NodeProcess silo) =>
        JsonElement.Parse((await silo.GetAsync("/readyz")).Body).GetProperty("runs_in_flight").GetInt32();
}
