using Ensemble.Cluster.Tests.Support;
using Ensemble.Gates;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Cluster.Tests.Gates;

/// <summary>Limits that hold over all frontends and silos.</summary>
public sealed class ClusterGateTests
{
    private const string AskSolo = """{"model":"solo","messages":[{"role":"user","content":"The capital of France?"}]}""";

    [Fact]
    public async Task Limits_OfAModel_HoldOverTwoFrontendsAndThreeSilosUnder200Callers()
    {
        await using var bench = await ClusterBench.StartAsync(model: model => model.DisplayName == "solo" ? model with { RateLimit = new() { Rpm = 50 } } : model);

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(index => bench.Frontends[index % 2].ChatAsync(AskSolo)));

        answers.Count(answer => answer.Status == 200).ShouldBe(50);
        answers.Count(answer => answer.Status == 429).ShouldBe(150);
        bench.Stub.RequestsFor("vendor-solo").Count.ShouldBe(50);
    }

    [Fact]
    public async Task Limits_OfAKeyAndAnAlias_AreOneLimitOverAllFrontends()
    {
        await using var bench = await ClusterBench.StartAsync(
            shape: ensemble => ensemble with { RateLimit = new() { Rpm = 30 } },
            more: catalog => catalog.AddKey("sk-anna", limits: new() { Rpm = 20 }).AddKey("sk-bert"));

        var anna = await Task.WhenAll(Enumerable.Range(0, 100).Select(index => bench.Frontends[index % 2].ChatAsync(AskSolo, "sk-anna")));
        var bert = await Task.WhenAll(Enumerable.Range(0, 100).Select(index => bench.Frontends[index % 2].ChatAsync(ClusterBench.Ask, "sk-bert")));

        anna.Count(answer => answer.Status == 200).ShouldBe(20);
        bert.Count(answer => answer.Status == 200).ShouldBe(30);
    }

    [Fact]
    public async Task Cooldown_TrippedThroughOneFrontend_IsSeenByTheOther()
    {
        await using var bench = await ClusterBench.StartAsync();
        bench.Model("solo").Default = StubReply.Error(429, "rate_limit_exceeded", "Slow down.", retryAfter: TimeSpan.FromMinutes(3));
        (await bench.Frontends[0].ChatAsync(AskSolo)).Status.ShouldBe(429);

        // The gate is told of it beside the answer.
        var gates = bench.Frontends[0].Services.GetRequiredService<IGate>();
        await Eventually.TrueAsync(
            async () => (await gates.StatusAsync(GateKey.Model("solo"), Now.Cancel)).CoolingDown is not null, Now.Cancel);

        var (status, _, headers) = await bench.Frontends[1].ChatAsync(AskSolo);

        status.ShouldBe(429);
        headers.RetryAfter!.Delta!.Value.ShouldBeInRange(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(3));
        bench.Stub.RequestsFor("vendor-solo").Count.ShouldBe(1);
    }

    [Fact]
    public async Task Trip_WhileEverySiloHasAPass_IsKnownInEachOfThem()
    {
        await using var bench = await ClusterBench.StartAsync();
        var agents = bench.Cluster.Silos.Select(silo => bench.Cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<GateAgent>()).ToList();
        var leases = new List<GateLease>();
        foreach (var agent in agents)
        {
            leases.Add((await AskAsync(agent)).Lease!);
        }

        await agents[1].ReleaseAsync(leases[1], new GateRelease(CallOutcome.AuthenticationFailed, null, null));
        (await AskAsync(agents[1])).Refusal!.Limit.ShouldBe(GateLimit.OperatorFault);

        // It waited for the passes to come back.
        (await AskAsync(agents[0])).Refusal!.Limit.ShouldBe(GateLimit.OperatorFault);
        (await agents[2].RefusalAsync(GateKey.Model("solo"), 0, Now.Cancel))!.Limit.ShouldBe(GateLimit.OperatorFault);
        bench.Stub.Requests.ShouldBeEmpty();

        static ValueTask<GateAdmission> AskAsync(GateAgent agent) => agent.AcquireAsync(new GateRequest(GateKey.Model("solo"), Guid.NewGuid(), 0, null), Now.Cancel);
    }

    [Fact]
    public async Task Deactivated_GatesAtAnyMoment_ForgetNeitherCountsNorCooldown()
    {
        await using var bench = await ClusterBench.StartAsync(model: model => model.DisplayName == "solo" ? model with { RateLimit = new() { Rpm = 40 } } : model);
        var gates = bench.Frontends[0].Services.GetRequiredService<IGate>();
        var random = new Random(7);
        var admitted = 0;
        for (var call = 0; call < 120; call++)
        {
            var admission = await gates.AcquireAsync(new GateRequest(GateKey.Model("solo"), Guid.NewGuid(), 0, null), Now.Cancel);
            admitted += admission.Lease is null ? 0 : 1;
            if (random.Next(8) == 0)
            {
                // Saved at its end, and taken up by the next activation, on whichever silo that is.
                await bench.Cluster.Client.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);
            }
        }

        admitted.ShouldBe(40);
    }
}
