using System.Text.Json;
using Ensemble.Cluster.Tests.Support;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Grains.Usage;
using Ensemble.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Cluster.Tests.Usage;

/// <summary>Watchers of three silos at two frontends.</summary>
public sealed class ClusterUsageTests
{
    [Fact]
    public async Task Ask_ThroughOneFrontend_IsSeenAtBothOnceAndToTheToken()
    {
        await using var bench = await ClusterBench.StartAsync();
        using var near = await bench.WatchAsync(bench.Frontends[0]);
        using var far = await bench.WatchAsync(bench.Frontends[1]);

        // Which silo takes a run is nobody's choice: several runs, several silos.
        for (var ask = 0; ask < 4; ask++)
        {
            var (status, body, headers) = await bench.Frontends[0].ChatAsync(ClusterBench.Ask);
            status.ShouldBe(200, body);
            var told = JsonElement.Parse(body).GetProperty("usage");
            foreach (var live in (LiveUsage[])[near, far])
            {
                var (calls, run) = await live.RunAsync();
                run.GetProperty("run").GetString().ShouldBe(headers.GetValues("x-ensemble-run-id").Single());
                calls.Select(call => call.GetProperty("model").GetString()).Order().ShouldBe(["bilby", "numbat", "quokka", "wombat"]);
                foreach (var tokens in (string[])["prompt_tokens", "completion_tokens"])
                {
                    calls.Sum(call => call.GetProperty(tokens).GetInt64()).ShouldBe(told.GetProperty(tokens).GetInt64());
                    run.GetProperty(tokens).GetInt64().ShouldBe(told.GetProperty(tokens).GetInt64());
                }
            }
        }
    }

    [Fact]
    public async Task Watch_LastWatcherLeft_NothingIsPublished()
    {
        await using var bench = await ClusterBench.StartAsync();
        using (await bench.WatchAsync(bench.Frontends[0]))
        {
            Publishers(bench).ShouldAllBe(publisher => publisher.IsWatched);
        }

        await Eventually.TrueAsync(() => Publishers(bench).All(publisher => !publisher.IsWatched), Now.Cancel);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Kill_ASilo_WatchersSeeWhatTheOthersDo(int killed)
    {
        await using var bench = await ClusterBench.StartAsync();
        using var live = await bench.WatchAsync(bench.Frontends[1]);
        (await bench.Frontends[0].ChatAsync(ClusterBench.Ask)).Status.ShouldBe(200);
        await live.RunAsync();

        await bench.Cluster.KillSiloAsync(bench.Cluster.Silos[killed]);

        // What ends until the loss is noticed may be missing; what counts is that runs are seen in the end, and the loss is told if there was one.
        var asked = new HashSet<string>();
        using var seen = CancellationTokenSource.CreateLinkedTokenSource(Now.Cancel);
        var asking = AskAsync();
        while (true)
        {
            var (name, data) = await live.NextAsync();
            if (name == "run")
            {
                lock (asked)
                {
                    if (asked.Contains(data.GetProperty("run").GetString()!))
                    {
                        break;
                    }
                }
            }
        }

        await seen.CancelAsync();
        await asking;

        async Task AskAsync()
        {
            while (!seen.IsCancellationRequested)
            {
                var (status, body, headers) = await bench.Frontends[0].ChatAsync(ClusterBench.Ask);
                status.ShouldBe(200, body);
                lock (asked)
                {
                    asked.Add(headers.GetValues("x-ensemble-run-id").Single());
                }
            }
        }
    }

    [Fact]
    public async Task Ask_OneProcessIsAll_EverythingIsSeenOnce()
    {
        var ports = NodeProcess.FreePorts();
        await using var node = await HostedNode.StartAsync(
            "--Storage:Provider", "memory", "--Management:Url", "none", "--Usage:Log", "false", "--Cluster:SiloPort", ports[0], "--Cluster:GatewayPort", ports[1]);
        using var live = await LiveUsage.OpenAsync(node.Http);
        var seen = live.RunAsync();
        await Eventually.TrueAsync(
            async () =>
            {
                await AskAsync();
                return seen.IsCompleted;
            },
            Now.Cancel);
        await seen;

        // Runs of before are seen to their end: what comes then is of one run, and each call once.
        var asked = await AskAsync();
        while (true)
        {
            var (calls, run) = await live.RunAsync();
            if (run.GetProperty("run").GetString() == asked)
            {
                calls.Select(call => (call.GetProperty("step").GetString(), call.GetProperty("member").GetInt32(), call.GetProperty("run").GetString())).ShouldBeUnique();
                calls.Sum(call => call.GetProperty("prompt_tokens").GetInt64())
                    .ShouldBe(run.GetProperty("prompt_tokens").GetInt64() + run.GetProperty("estimated_prompt_tokens").GetInt64());
                break;
            }
        }

        async Task<string> AskAsync()
        {
            using var content = new StringContent("""{"model":"council","messages":[{"role":"user","content":"What is 17 * 23?"}]}""", System.Text.Encoding.UTF8, "application/json");
            using var response = await node.Http.PostAsync("/v1/chat/completions", content, Now.Cancel);
            response.EnsureSuccessStatusCode();
            return response.Headers.GetValues("x-ensemble-run-id").Single();
        }
    }

    private static IEnumerable<UsagePublisher> Publishers(ClusterBench bench) =>
        bench.Cluster.Silos.Select(silo => bench.Cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<UsagePublisher>());
}
