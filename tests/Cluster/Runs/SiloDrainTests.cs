using Ensemble.Cluster.Tests.Support;
using Ensemble.Execution;
using Ensemble.Grains.Runs;
using Ensemble.Runs;
using Ensemble.Testing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace Ensemble.Cluster.Tests.Runs;

/// <summary>A silo that stops takes no runs, and goes when those that it has were read; one whose accounts pile up takes none either.</summary>
public sealed class SiloDrainTests
{
    [Fact]
    public async Task Ask_OneOfThreeSilosDrains_IsAnsweredByTheOthers()
    {
        await using var bench = await ClusterBench.StartAsync();
        var silos = bench.Cluster.Silos.Select(silo => Runs(bench, silo)).ToList();
        await silos[0].DrainAsync(Now.Cancel);
        var hold = new TaskCompletionSource();
        bench.Model("bilby").Default = StubReply.Gated(hold.Task, StubReply.Text("It is Paris."));

        var asking = Enumerable.Range(0, 30).Select(index => bench.Frontends[index % 2].ChatAsync(index % 3 == 0 ? ClusterBench.AskStreamed : ClusterBench.Ask)).ToList();
        await bench.Stub.WaitForRequestsAsync("vendor-bilby", asking.Count, Now.Cancel);

        silos[0].InFlight.ShouldBe(0);
        silos.Sum(silo => silo.InFlight).ShouldBe(asking.Count);
        hold.SetResult();
        (await Task.WhenAll(asking)).ShouldAllBe(answer => answer.Status == 200 && answer.Body.Contains("Paris"));
    }

    [Fact]
    public async Task Ask_AllSilosDrain_IsRefusedAsDraining()
    {
        await using var bench = await ClusterBench.StartAsync();
        await Task.WhenAll(bench.Cluster.Silos.Select(silo => Runs(bench, silo).DrainAsync(Now.Cancel)));

        var (status, body, _) = await bench.Frontends[0].ChatAsync(ClusterBench.Ask);

        (status, body.Contains("\"draining\"", StringComparison.Ordinal)).ShouldBe((503, true));
        bench.Stub.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Ask_AccountsPileUpInTheSilos_IsRefusedUntilTheyAreWritten()
    {
        await using var bench = await ClusterBench.StartAsync();
        bench.Usage.IsNearlyFull = true;

        var (status, body, _) = await bench.Frontends[0].ChatAsync(ClusterBench.Ask);

        (status, body.Contains("\"overloaded\"", StringComparison.Ordinal)).ShouldBe((503, true));
        bench.Stub.Requests.ShouldBeEmpty();
        bench.Usage.IsNearlyFull = false;
        (await bench.Frontends[0].ChatAsync(ClusterBench.Ask)).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task Drain_RunHasEndedButWasNotRead_WaitsForItsReaderUnlessItWasPushed(int frontend, bool isPushed)
    {
        await using var bench = await ClusterBench.StartAsync();
        var engine = bench.Frontends[frontend].Services.GetRequiredService<ClusterRunEngine>();
        var request = Request(ClusterBench.AskStreamed);
        await engine.StartAsync(request, Now.Cancel);
        await Eventually.TrueAsync(
            async () => await engine.FindManifestAsync(request.Id, Now.Cancel) is { Outcome: "completed" }, Now.Cancel);

        var draining = bench.Cluster.Silos.Select(silo => Runs(bench, silo).DrainAsync(Now.Cancel)).ToList();
        if (isPushed)
        {
            // All of it is with the frontend: no silo is needed to read it.
            await Task.WhenAll(draining).WaitAsync(Now.Cancel);
        }
        else
        {
            draining.Count(drain => drain.IsCompleted).ShouldBe(2);
        }

        var events = await engine.ReadAsync(request.Id, 0, Now.Cancel).ToListAsync(Now.Cancel);

        events[^1].ShouldBeOfType<RunCompleted>();
        await Task.WhenAll(draining).WaitAsync(Now.Cancel);
    }

    [Fact]
    public async Task Drain_KeptRunWhoseCallerHasLeftTheFrontend_IsNotWaitedFor()
    {
        await using var bench = await ClusterBench.StartAsync();
        var engine = bench.Frontends[1].Services.GetRequiredService<ClusterRunEngine>();
        var request = Request(ClusterBench.AskStreamed) with { IsKept = true };
        await engine.StartAsync(request, Now.Cancel);
        await Eventually.TrueAsync(
            async () => await engine.FindManifestAsync(request.Id, Now.Cancel) is { Outcome: "completed" }, Now.Cancel);

        await engine.CancelAsync(request.Id, Now.Cancel);

        // By itself it would be waited for until RunHost.LeaseLifetime is over.
        await Task.WhenAll(bench.Cluster.Silos.Select(silo => Runs(bench, silo).DrainAsync(Now.Cancel))).WaitAsync(RunHost.LeaseLifetime / 2, Now.Cancel);
        (await engine.ReadAsync(request.Id, 0, Now.Cancel).ToListAsync(Now.Cancel))[^1].ShouldBeOfType<RunCompleted>("a repeat has it");
    }

    [Fact]
    public async Task Drain_TimeIsOver_WaitsForNobody()
    {
        await using var bench = await ClusterBench.StartAsync();
        bench.Model("quokka").Default = StubReply.Hang();
        var engine = bench.Frontends[1].Services.GetRequiredService<ClusterRunEngine>();
        var request = Request(ClusterBench.Ask);
        await engine.StartAsync(request, Now.Cancel);
        using var patience = new CancellationTokenSource();
        var draining = bench.Cluster.Silos.Select(silo => Runs(bench, silo).DrainAsync(patience.Token)).ToList();

        await patience.CancelAsync();

        await Task.WhenAll(draining).WaitAsync(Now.Cancel);
        (await engine.ReadAsync(request.Id, 0, Now.Cancel).ToListAsync(Now.Cancel))[^1].ShouldBeOfType<RunFailed>().Failure.Kind.ShouldBe(RunFailureKind.RunInterrupted);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    public async Task Drain_TimeIsOverForOneSilo_ItsRunIsExecutedByAnother(int frontend, bool streamed)
    {
        await using var bench = await ClusterBench.StartAsync();
        bench.Model("bilby").Enqueue(StubReply.Hang());
        var asking = bench.Frontends[frontend].ChatAsync(streamed ? ClusterBench.AskStreamed : ClusterBench.Ask);
        await bench.Stub.WaitForRequestsAsync("vendor-bilby", 1, Now.Cancel);
        var silo = bench.Cluster.Silos.Select(silo => Runs(bench, silo)).Single(runs => runs.InFlight == 1);
        using var patience = new CancellationTokenSource();
        var draining = silo.DrainAsync(patience.Token);

        await patience.CancelAsync();

        var (status, body, _) = await asking;
        (status, body.Contains("Paris", StringComparison.Ordinal)).ShouldBe((200, true), body);
        await draining.WaitAsync(Now.Cancel);
    }

    private static RunHost Runs(ClusterBench bench, InProcessSiloHandle silo) =>
        bench.Cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<RunHost>();

    private static RunRequest Request(string json) => new()
    {
        Id = RunId.New(),
        Chat = Ensemble.Chat.ChatRequestParser.Parse(System.Text.Encoding.UTF8.GetBytes(json), Ensemble.Chat.ChatLimits.Default),
        CatalogRevision = 1,
    };
}
