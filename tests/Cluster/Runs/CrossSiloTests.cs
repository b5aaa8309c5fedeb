using System.Text;
using Ensemble.Chat;
using Ensemble.Cluster.Tests.Support;
using Ensemble.Gates;
using Ensemble.Grains.Calls;
using Ensemble.Grains.Gates;
using Ensemble.Grains.Members;
using Ensemble.Grains.Models;
using Ensemble.Grains.Reach;
using Ensemble.Grains.Runs;
using Ensemble.Grains.Silos;
using Ensemble.Grains.Streams;
using Ensemble.Grains.Usage;
using Ensemble.Runs;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Cluster.Tests.Runs;

/// <summary>Each method of each grain, called from another silo than the one that holds the activation: what is sent arrives, and what is returned.</summary>
public sealed class CrossSiloTests
{
    [Fact]
    public void Interfaces_OfGrains_AreAllCalledHere() =>
        typeof(IEnsembleRunGrain).Assembly.GetTypes().Where(type => type.IsInterface && type.IsAssignableTo(typeof(IAddressable)))
            .ShouldBe(
                [
                    typeof(IEnsembleRunGrain), typeof(IGateGrain), typeof(IModelCallGrain), typeof(ICallerGateGrain), typeof(IGateContact),
                    typeof(ISiloGrain), typeof(IStreamInbox), typeof(IUsageWatchGrain),

                    // JSON or nothing, between processes of their own tests.
                    typeof(IClusterGrain), typeof(INodeService), typeof(IProbeGrain), typeof(ISiloPingGrain), typeof(IAdviceGrain),
                ],
                ignoreOrder: true);

    [Fact]
    public async Task Run_EveryMethodFromAnotherSilo_ArgumentsAndResultsArrive()
    {
        var log = new CallLog();
        await using var bench = await ClusterBench.StartAsync(silos: silo => silo.Services.AddSingleton<IIncomingGrainCallFilter>(log));
        bench.Model("bilby").Default = StubReply.Hang();
        var request = Request(RunId.New(), incarnation: 1);
        var first = Grains(bench, bench.Cluster.Silos[0].SiloAddress).GetGrain<IEnsembleRunGrain>(request.Id.Value);
        (await first.AskAsync(request, TimeSpan.Zero, null)).Start.ShouldBe(RunStart.Started);
        await bench.Stub.WaitForRequestsAsync("vendor-bilby", 1, Now.Cancel);
        var grain = Far<IEnsembleRunGrain>(bench, log, request.Id.Value, out var home);

        var running = (await grain.RenewAsync()).ShouldNotBeNull();
        await grain.CancelAsync();
        var cancelled = await ReadAsync(grain, 0);
        bench.Model("bilby").Default = StubReply.Text("It is Paris.");
        var again = Request(request.Id, incarnation: 2);
        var started = await grain.AskAsync(again, TimeSpan.Zero, "nobody.1");
        var all = await ReadAsync(grain, 0);
        var rest = await ReadAsync(grain, 1);
        var manifest = RunManifestJson.Read((await grain.FindManifestAsync()).ShouldNotBeNull());

        running.ShouldBe(1, "the panel has closed, and the judge is silent");
        cancelled[^1].ShouldBeOfType<RunFailed>().Failure.Kind.ShouldBe(RunFailureKind.Cancelled);
        all[^1].ShouldBeOfType<RunCompleted>().Answer.FinishReason.ShouldBe("stop");
        all[0].ShouldBeOfType<PanelClosed>().Usable.ShouldBe(3);
        all.ShouldAllBe(runEvent => runEvent.Incarnation == 2);
        rest.Select(runEvent => runEvent.Sequence).ShouldBe(all.Skip(1).Select(runEvent => runEvent.Sequence));
        (started.Start, started.Silo, started.Events.Length).ShouldBe((RunStart.Started, home.ToParsableString(), 0));
        (await grain.RenewAsync()).ShouldBe(all.Count);
        var third = Request(request.Id, incarnation: 3);
        var answered = await grain.AskAsync(third, TimeSpan.FromSeconds(4), null);
        (answered.Start, answered.Silo).ShouldBe((RunStart.Started, null));
        answered.Events.Select(message => message.ToEvent()).Last().ShouldBeOfType<RunCompleted>();
        manifest.Run.ShouldBe(request.Id);
        var asked = ShouldHaveCrossed<IEnsembleRunGrain>(log, home, nameof(IEnsembleRunGrain.AskAsync));
        var sent = asked[0].ShouldBeOfType<RunRequest>();
        sent.ShouldNotBeSameAs(third);
        (sent.Id, sent.Incarnation, sent.Caller, sent.CatalogRevision).ShouldBe((third.Id, 3, "team", 1));
        Encoding.UTF8.GetString(sent.Chat.Body.Span).ShouldBe(ClusterBench.AskStreamed);
        asked.Skip(1).ShouldBe([TimeSpan.FromSeconds(4), null]);
        ShouldHaveCrossed<IEnsembleRunGrain>(log, home, nameof(IEnsembleRunGrain.ReadAsync))[0].ShouldBe(1);
        ShouldAllHaveCrossed<IEnsembleRunGrain>(log, home);
    }

    [Fact]
    public async Task Ask_FromTheRunsOwnSilo_TheRequestIsNotCopied()
    {
        var log = new CallLog();
        await using var bench = await ClusterBench.StartAsync(silos: silo => silo.Services.AddSingleton<IIncomingGrainCallFilter>(log));
        var (request, silo) = (Request(RunId.New(), incarnation: 1), bench.Cluster.Silos[1].SiloAddress);

        await Grains(bench, silo).GetGrain<IEnsembleRunGrain>(request.Id.Value).AskAsync(request, TimeSpan.FromSeconds(4), null);

        var call = log.Calls.Single(call => call.Method.Name == nameof(IEnsembleRunGrain.AskAsync));
        call.Silo.ShouldBe(silo);
        call.Arguments[0].ShouldBeSameAs(request);
    }

    [Fact]
    public Task ModelGate_EveryMethodFromAnotherSilo_ArgumentsAndResultsArrive() => CallAsync<IModelCallGrain>(GateKey.Model("solo"), "solo");

    [Fact]
    public Task CallerGate_EveryMethodFromAnotherSilo_ArgumentsAndResultsArrive() => CallAsync<ICallerGateGrain>(GateKey.Alias("council"), "alias:council");

    [Fact]
    public async Task Silo_EveryMethodFromAnotherSilo_IsAnsweredByThatSilo()
    {
        var log = new CallLog();
        await using var bench = await ClusterBench.StartAsync(silos: silo => silo.Services.AddSingleton<IIncomingGrainCallFilter>(log));
        bench.Model("bilby").Default = StubReply.Hang();
        var request = Request(RunId.New(), incarnation: 1);
        var run = bench.Cluster.Client.GetGrain<IEnsembleRunGrain>(request.Id.Value);
        var silo = (await run.AskAsync(request, TimeSpan.Zero, null)).Silo.ShouldNotBeNull();
        await bench.Stub.WaitForRequestsAsync("vendor-bilby", 1, Now.Cancel);
        await bench.Cluster.Client.GetGrain<ISiloGrain>(silo).RenewAsync([]);
        var grain = Far<ISiloGrain>(bench, log, silo, out var home);

        var renewed = await grain.RenewAsync([RunId.New().Value, request.Id.Value, "no run"]);
        var source = await grain.WatchAsync("frontend.1");
        var again = await grain.WatchAsync("frontend.1");
        var usage = bench.Cluster.GetSiloServiceProvider(home).GetRequiredService<UsagePublisher>();
        var watches = usage.PublishesTo("frontend.1");
        await grain.LeaveAsync("frontend.1");

        home.ToParsableString().ShouldBe(silo);
        renewed.ShouldBe([-1, 1, -1], "the panel has closed, and the judge is silent");
        (again, watches, usage.IsWatched).ShouldBe((source, true, false));
        ShouldHaveCrossed<ISiloGrain>(log, home, nameof(ISiloGrain.WatchAsync)).ShouldBe(["frontend.1"]);
        ShouldAllHaveCrossed<ISiloGrain>(log, home);
    }

    [Fact]
    public async Task Silo_ThatIsGone_IsNotAnsweredByAnother()
    {
        await using var bench = await ClusterBench.StartAsync();
        var gone = bench.Cluster.Silos[1];
        await bench.Cluster.Client.GetGrain<ISiloGrain>(gone.SiloAddress.ToParsableString()).RenewAsync([]);

        await bench.Cluster.StopSiloAsync(gone);

        var fault = await Should.ThrowAsync<Exception>(async () =>
            await bench.Cluster.Client.GetGrain<ISiloGrain>(gone.SiloAddress.ToParsableString()).RenewAsync([]));
        ClusterCalls.IsTransient(fault).ShouldBeTrue(fault.ToString());
    }

    [Fact]
    public async Task UsageWatch_FromAClient_IsToldToEverySilo()
    {
        await using var bench = await ClusterBench.StartAsync();
        var grain = bench.Cluster.Client.GetGrain<IUsageWatchGrain>(0);
        var silos = bench.Cluster.Silos
            .Select(silo => bench.Cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<UsagePublisher>()).ToList();

        var sources = await grain.RenewAsync("frontend.1");

        sources.Distinct().Count().ShouldBe(3);
        silos.ShouldAllBe(silo => silo.PublishesTo("frontend.1"));
        (await grain.RenewAsync("frontend.1")).ShouldBe(sources, ignoreOrder: true);
        await grain.LeaveAsync("frontend.1");
        await Eventually.TrueAsync(() => silos.TrueForAll(silo => !silo.IsWatched), Now.Cancel);
    }

    private static async Task CallAsync<TGrain>(GateKey key, string name)
        where TGrain : IGateGrain
    {
        var log = new CallLog();
        await using var bench = await ClusterBench.StartAsync(
            model => model.DisplayName == "solo" ? model with { RateLimit = new() { Rpm = 2, Tpm = 1000 } } : model,
            ensemble => ensemble with { RateLimit = new() { Rpm = 2, Tpm = 1000 } },
            silos: silo => silo.Services.AddSingleton<IIncomingGrainCallFilter>(log));
        await bench.Cluster.Client.GetGrain<TGrain>(name).StatusAsync();
        var grain = Far<TGrain>(bench, log, name, out var home);
        var holder = new GateHolder(RunId.New(), 2, "council", SubCallRole.Judge, new SubCallKey(SubCallStep.Synthesis, 1, 3));
        var request = new GateRequest(key, Guid.NewGuid(), 321, holder);
        var release = new GateRelease(CallOutcome.Ok, 17, TimeSpan.FromSeconds(3));

        var lease = (await grain.AcquireAsync(request)).Lease.ShouldNotBeNull();
        await grain.RenewAsync([lease]);
        var held = await grain.StatusAsync();
        await grain.ReleaseAsync(lease, release);
        var released = await grain.StatusAsync();
        var reporter = new Reporter();
        var contact = Grains(bench, bench.Cluster.Silos[0].SiloAddress).CreateObjectReference<IGateContact>(reporter);
        var granted = await grain.ReportAsync(new GateReport { Agent = Guid.NewGuid(), Number = 1, Tokens = 3 }, contact);
        var asked = await grain.StatusAsync();
        var tooMany = (await grain.RefusalAsync(5000)).ShouldNotBeNull();
        await grain.AcquireAsync(request with { Lease = Guid.NewGuid(), Tokens = 1 });
        var refused = await grain.AcquireAsync(request with { Lease = Guid.NewGuid(), Tokens = 1 });

        (lease.Gate, lease.Id, lease.Tokens, lease.Holder).ShouldBe((key, request.Lease, 321, holder));
        (held.Gate, held.InFlight, held.TokensThisMinute, held.Limits.Rate?.Tpm).ShouldBe((key, 1, 321, 1000));
        (released.InFlight, released.RequestsThisMinute, released.TokensThisMinute).ShouldBe((0, 1, 17));
        (granted.Terms, granted.Epoch).ShouldBe((GateTerms.PerCall, lease.Epoch));
        (asked.TokensThisMinute, reporter.Asked).ShouldBe((17 + 3 + 5, (key, null)));
        (tooMany.Limit, tooMany.Allowed).ShouldBe((GateLimit.Tpm, 1000));
        refused.Refusal.ShouldNotBeNull().Limit.ShouldBe(GateLimit.Rpm);
        refused.Quotas.Requests.ShouldNotBeNull().Limit.ShouldBe(2);
        log.Calls.First(call => call.Silo.Equals(home) && call.Method.Name == nameof(IGateGrain.AcquireAsync)).Arguments.ShouldBe([request]);
        ShouldHaveCrossed<TGrain>(log, home, nameof(IGateGrain.RenewAsync))[0].ShouldBeOfType<GateLease[]>().ShouldBe([lease]);
        ShouldHaveCrossed<TGrain>(log, home, nameof(IGateGrain.ReleaseAsync)).ShouldBe([lease, release]);
        ShouldHaveCrossed<TGrain>(log, home, nameof(IGateGrain.RefusalAsync)).ShouldBe([5000L]);
        ShouldAllHaveCrossed<TGrain>(log, home);
    }

    /// <summary>A process that says, when it is asked, that 5 tokens were used.</summary>
    private sealed class Reporter : IGateContact
    {
        public (GateKey Gate, long? Revokes) Asked { get; private set; }

        public Task<GateReport?> ReportAsync(GateKey gate, long? revokes)
        {
            Asked = (gate, revokes);
            return Task.FromResult<GateReport?>(new GateReport { Agent = Guid.NewGuid(), Number = 1, Tokens = 5 });
        }
    }

    private static RunRequest Request(RunId run, int incarnation) => new()
    {
        Id = run,
        Incarnation = incarnation,
        Chat = ChatRequestParser.Parse(Encoding.UTF8.GetBytes(ClusterBench.AskStreamed), ChatLimits.Default),
        Caller = "team",
        CatalogRevision = 1,
    };

    private static async Task<List<RunEvent>> ReadAsync(IEnsembleRunGrain grain, long after)
    {
        var events = new List<RunEvent>();
        await foreach (var message in grain.ReadAsync(after, Now.Cancel))
        {
            events.Add(message.ToEvent());
        }

        return events;
    }

    private static IGrainFactory Grains(ClusterBench bench, SiloAddress silo) => bench.Cluster.GetSiloServiceProvider(silo).GetRequiredService<IGrainFactory>();

    /// <summary>The grain, which has been called once, as another silo sees it. Only what follows is in the log.</summary>
    private static TGrain Far<TGrain>(ClusterBench bench, CallLog log, string key, out SiloAddress home)
        where TGrain : IGrainWithStringKey => Far(bench, log, grains => grains.GetGrain<TGrain>(key), out home);

    private static TGrain Far<TGrain>(ClusterBench bench, CallLog log, Func<IGrainFactory, TGrain> find, out SiloAddress home)
        where TGrain : IAddressable
    {
        var id = find(bench.Cluster.Client).GetGrainId();
        var holder = home = log.Calls.Last(call => call.Target == id).Silo;
        log.Clear();
        return find(Grains(bench, bench.Cluster.Silos.Select(silo => silo.SiloAddress).First(silo => !silo.Equals(holder))));
    }

    /// <returns>The arguments with which the method arrived last.</returns>
    private static IReadOnlyList<object?> ShouldHaveCrossed<TGrain>(CallLog log, SiloAddress home, string method) =>
        Crossed<TGrain>(log, home).Last(call => call.Method.Name == method).Arguments;

    private static void ShouldAllHaveCrossed<TGrain>(CallLog log, SiloAddress home)
    {
        Type[] interfaces = [typeof(TGrain), .. typeof(TGrain).GetInterfaces().Where(type => type.Assembly == typeof(TGrain).Assembly)];

        interfaces.SelectMany(type => type.GetMethods()).Select(method => method.Name)
            .Except(Crossed<TGrain>(log, home).Select(call => call.Method.Name)).ShouldBeEmpty("each is to be called here");
    }

    /// <summary>Calls of a grain by a silo: the id of the caller says which it is, and it is not where the grain lives.</summary>
    private static IEnumerable<ArrivedCall> Crossed<TGrain>(CallLog log, SiloAddress home) => log.Calls.Where(call =>
        call.Silo.Equals(home)
        && call.Method.DeclaringType!.IsAssignableFrom(typeof(TGrain))
        && call.Caller.ToString()!.Contains("hosted-", StringComparison.Ordinal)
        && !call.Caller.ToString()!.Contains(home.ToParsableString(), StringComparison.Ordinal));
}
