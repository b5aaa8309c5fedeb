using System.Text.Json;
using Ensemble.Cluster.Tests.Support;
using Ensemble.Execution;
using Ensemble.Grains.Runs;
using Ensemble.Grains.Silos;
using Ensemble.Runs;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Microsoft.Extensions.DependencyInjection;
using OpenAI.Chat;

namespace Ensemble.Cluster.Tests.Runs;

/// <summary>A request's way through frontend, run grain, gates and back.</summary>
public sealed class ClusterRunTests(SharedBench shared) : IClassFixture<SharedBench>
{
    [Fact]
    public async Task Ask_WholeAndStreamed_AnswersWithTheOfficialSdk()
    {
        var bench = shared.Bench;
        var before = bench.Usage.Events.Count;
        foreach (var frontend in bench.Frontends)
        {
            var whole = (await frontend.Sdk("council").CompleteChatAsync("The capital of France?")).Value;
            whole.Content[0].Text.ShouldBe("It is Paris.");
            whole.Model.ShouldBe("council");
            whole.Usage.TotalTokenCount.ShouldBe(60);

            var text = "";
            await foreach (var update in frontend.Sdk("council").CompleteChatStreamingAsync([new UserChatMessage("The capital of France?")]))
            {
                text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            }

            text.ShouldBe("It is Paris.");
        }

        bench.Usage.Events.Count.ShouldBe(before + 16);
        bench.Usage.Events.ShouldAllBe(usage => usage.Outcome == CallOutcome.Ok);
    }

    [Fact]
    public async Task Manifest_AskedOfTheOtherFrontend_IsWhole()
    {
        var bench = shared.Bench;
        var (status, body, headers) = await bench.Frontends[0].ChatAsync(ClusterBench.Ask);
        status.ShouldBe(200, body);
        var run = headers.GetValues("x-ensemble-run-id").Single();

        using var answer = await bench.Frontends[1].Http.GetAsync($"/v1/runs/{run}", Now.Cancel);
        var manifest = JsonElement.Parse(await answer.Content.ReadAsStringAsync(Now.Cancel));

        manifest.GetProperty("outcome").GetString().ShouldBe("completed");
        manifest.GetProperty("sub_calls").GetArrayLength().ShouldBe(4);
        headers.GetValues("x-ensemble-agreement").Single().ShouldBe("1.00");
    }

    [Fact]
    public async Task Ask_ManyAtOnce_UsesAllSilosAndLosesNone()
    {
        var bench = shared.Bench;
        var before = bench.Usage.Events.Count;

        var answers = await Task.WhenAll(Enumerable.Range(0, 96).Select(index => bench.Frontends[index % 2].ChatAsync(index % 3 == 0 ? ClusterBench.AskStreamed : ClusterBench.Ask)));

        answers.ShouldAllBe(answer => answer.Status == 200 && answer.Body.Contains("Paris"));
        bench.Usage.Events.Count.ShouldBe(before + (96 * 4));
    }

    [Fact]
    public async Task Ask_FrontendIsOneRevisionAhead_TheSiloWaitsForIt()
    {
        await using var bench = await ClusterBench.StartAsync();
        var engine = bench.Frontends[0].Services.GetRequiredService<ClusterRunEngine>();
        var request = new RunRequest
        {
            Id = RunId.New(),
            Chat = Ensemble.Chat.ChatRequestParser.Parse(System.Text.Encoding.UTF8.GetBytes(ClusterBench.Ask.Replace("council", "new-council", StringComparison.Ordinal)), Ensemble.Chat.ChatLimits.Default),
            CatalogRevision = 2,
        };

        var starting = engine.StartAsync(request, Now.Cancel).AsTask();
        bench.Catalog.Change(ClusterBench.Snapshot(bench.Stub, 2, shape: ensemble => ensemble with { DisplayName = "new-council" }));

        (await starting).ShouldBe(RunStart.Started);
        var events = new List<RunEvent>();
        await foreach (var runEvent in engine.ReadAsync(request.Id, 0, Now.Cancel))
        {
            events.Add(runEvent);
        }

        events[^1].ShouldBeOfType<RunCompleted>();
        events.Select(runEvent => runEvent.Sequence).ShouldBe(Enumerable.Range(1, events.Count).Select(number => (long)number));
    }

    [Fact]
    public async Task Cancel_CallerLeaves_StopsTheUpstreamCalls()
    {
        await using var bench = await ClusterBench.StartAsync();
        bench.Model("bilby").Default = StubReply.Hang();
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Now.Cancel);
        var asking = bench.Frontends[0].Http.PostAsync("/v1/chat/completions", new StringContent(ClusterBench.Ask), leave.Token);
        var judge = (await bench.Stub.WaitForRequestsAsync("vendor-bilby", 1, Now.Cancel))[0];

        await leave.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => asking);
        await judge.Aborted.WaitAsync(Now.Cancel);
    }

    [Fact]
    public async Task Start_SameIncarnationAgain_DoesNothing()
    {
        var bench = shared.Bench;
        var before = bench.Stub.Requests.Count;
        var engine = bench.Frontends[0].Services.GetRequiredService<ClusterRunEngine>();
        var request = new RunRequest
        {
            Id = RunId.New(),
            Chat = Ensemble.Chat.ChatRequestParser.Parse(System.Text.Encoding.UTF8.GetBytes(ClusterBench.Ask), Ensemble.Chat.ChatLimits.Default),
            CatalogRevision = 1,
        };
        await engine.StartAsync(request, Now.Cancel);
        await engine.StartAsync(request, Now.Cancel);
        await foreach (var _ in engine.ReadAsync(request.Id, 0, Now.Cancel))
        {
        }

        bench.Stub.Requests.Count.ShouldBe(before + 4);
    }

    [Fact]
    public async Task Run_IdleActivationsCollectedInItsMiddle_ChangesNothing()
    {
        await using var bench = await ClusterBench.StartAsync();
        var gate = new TaskCompletionSource();
        bench.Model("bilby").Default = StubReply.Gated(gate.Task, StubReply.Text("It is Paris."));
        var asking = bench.Frontends[0].ChatAsync(ClusterBench.Ask);
        await bench.Stub.WaitForRequestsAsync("vendor-bilby", 1, Now.Cancel);

        await bench.Cluster.Client.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);
        gate.SetResult();

        (await asking).Body.ShouldContain("It is Paris.");
    }

    [Fact]
    public async Task Read_RunThatIsNotKept_EndsWithAFailure()
    {
        var bench = shared.Bench;
        var engine = bench.Frontends[0].Services.GetRequiredService<ClusterRunEngine>();

        var events = await engine.ReadAsync(RunId.New(), 0, Now.Cancel).ToListAsync(Now.Cancel);

        var failure = events.ShouldHaveSingleItem().ShouldBeOfType<RunFailed>().Failure;
        failure.Kind.ShouldBe(RunFailureKind.RunInterrupted);
        failure.Message.ShouldContain("not kept any longer. Ask again.");
    }

    [Fact]
    public async Task Renew_ManyRuns_OneCallASiloNamesAllOfItsOwn()
    {
        var log = new CallLog();
        await using var bench = await ClusterBench.StartAsync(silos: silo => silo.Services.AddSingleton<IIncomingGrainCallFilter>(log));
        bench.Model("bilby").Default = StubReply.Hang();
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Now.Cancel);
        var http = bench.Frontends[0].Http;
        var asking = Enumerable.Range(0, 12)
            .Select(_ => http.PostAsync("/v1/chat/completions", new StringContent(ClusterBench.AskStreamed), leave.Token)).ToList();
        await bench.Stub.WaitForRequestsAsync("vendor-bilby", asking.Count, Now.Cancel);
        log.Clear();

        var runs = bench.Cluster.Silos.ToDictionary(
            silo => silo.SiloAddress,
            silo => bench.Cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<RunHost>().InFlight);
        runs.Values.Sum().ShouldBe(asking.Count);

        // A call that was on its way may have been too early for some of them.
        await Eventually.TrueAsync(() => runs.All(silo => silo.Value == Renewed(silo.Key)), Now.Cancel);

        log.Calls.ShouldAllBe(call => call.Method.DeclaringType != typeof(IEnsembleRunGrain));
        await leave.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => Task.WhenAll(asking));

        int Renewed(SiloAddress silo) =>
            log.Calls.LastOrDefault(call => call.Silo.Equals(silo) && call.Method.DeclaringType == typeof(ISiloGrain)) is { } call
                ? ((string[])call.Arguments[0]!).Length
                : 0;
    }
}
