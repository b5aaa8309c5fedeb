using System.Threading.Channels;
using Ensemble.Catalog;
using Ensemble.Core.Tests.Telemetry;
using Ensemble.Gates;
using Ensemble.Storage.Memory;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Core.Tests.Gates;

/// <summary>Processes, each with an agent and a clock of its own, that ask one authority over a wire which counts what it carries.</summary>
internal sealed class AgentBench : IGateAuthority, IUsageSink, IAsyncDisposable
{
    public static readonly GateKey Key = GateKey.Model("m");

    private readonly InMemoryGateStore _store = new();
    private readonly Measured _measured = new();
    private readonly List<GateAgent> _agents = [];
    private readonly Channel<GateReport> _reports = Channel.CreateUnbounded<GateReport>();
    private readonly SemaphoreSlim _lost = new(0);
    private TestGates _gates;

    public AgentBench(RateLimitConfig? rate = null)
    {
        Catalog = new TestCatalog(Snapshot(rate));
        _gates = OpenGates();
    }

    /// <summary>The authority's.</summary>
    public ManualTimeProvider Time { get; } = new();

    public TestCatalog Catalog { get; }

    public List<UsageEvent> Usage { get; } = [];

    /// <summary>Messages to the authority.</summary>
    public int Calls { get; set; }

    /// <summary>What was reported is answered after it.</summary>
    public Task HoldAnswers { get; set; } = Task.CompletedTask;

    /// <summary>How many answers to reports get lost from now on.</summary>
    public int LosesAnswers { get; set; }

    public static CatalogSnapshot Snapshot(RateLimitConfig? rate) => new CatalogBuilder().Add(TestModels.Simulated("m") with { RateLimit = rate }).Build();

    /// <param name="time">Null = the authority's clock.</param>
    public GateAgent Open(ManualTimeProvider? time = null)
    {
        var agent = new GateAgent(this, Catalog, time ?? Time, new GateInstruments(_measured.Meter), NullLogger<GateAgent>.Instance);
        _agents.Add(agent);
        return agent;
    }

    /// <summary>The gate goes on elsewhere, with what was saved last.</summary>
    public void Move() => _gates = OpenGates();

    /// <summary>The next report that arrives by itself, beyond those that were taken already.</summary>
    public ValueTask<GateReport> NextReportAsync() => _reports.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public void ForgetReports()
    {
        while (_reports.Reader.TryRead(out _))
        {
        }
    }

    public static ValueTask<GateAdmission> AskAsync(GateAgent agent, long tokens = 0) =>
        agent.AcquireAsync(new GateRequest(Key, Guid.NewGuid(), tokens, GateBench.Holder), TestContext.Current.CancellationToken);

    public static async Task<GateLease> EnterAsync(GateAgent agent, long tokens = 0)
    {
        var admission = await AskAsync(agent, tokens);
        admission.Refusal.ShouldBeNull();
        return admission.Lease!;
    }

    public static async Task<GateRefusal> IsRefusedAsync(GateAgent agent)
    {
        var admission = await AskAsync(agent);
        admission.Lease.ShouldBeNull();
        return admission.Refusal!;
    }

    /// <summary>A call that ends at once. Where it fails the gate has been told of it.</summary>
    public static async Task CallAsync(GateAgent agent, CallOutcome outcome = CallOutcome.Ok, TimeSpan? retryAfter = null, long? tokens = null)
    {
        await agent.ReleaseAsync(await EnterAsync(agent), new GateRelease(outcome, tokens, retryAfter));
        if (outcome != CallOutcome.Ok)
        {
            await agent.FlushAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <param name="asks">Whether processes are asked first what they have not reported.</param>
    public ValueTask<GateStatus> StatusAsync(bool asks = true) =>
        asks ? _gates.StatusAsync(Key, TestContext.Current.CancellationToken) : new(_gates.Hosts.Single().Status());

    /// <summary>Completes when an answer got lost.</summary>
    public Task LostAsync() => _lost.WaitAsync(TestContext.Current.CancellationToken);

    public void Wait(double seconds) => Time.Advance(TimeSpan.FromSeconds(seconds));

    public async ValueTask<GateAdmission> AcquireAsync(GateRequest request, CancellationToken cancellationToken)
    {
        Calls++;
        return await _gates.AcquireAsync(request, cancellationToken);
    }

    public ValueTask RenewAsync(GateKey gate, IReadOnlyList<GateLease> leases, CancellationToken cancellationToken)
    {
        Calls++;
        return _gates.RenewAsync(gate, leases, cancellationToken);
    }

    public ValueTask ReleaseAsync(GateLease lease, GateRelease release)
    {
        Calls++;
        return _gates.ReleaseAsync(lease, release);
    }

    public async ValueTask<GateGrant> ReportAsync(GateKey gate, GateReport report, IGateClient holder, CancellationToken cancellationToken)
    {
        Calls++;
        var grant = await _gates.ReportAsync(gate, report, holder, cancellationToken);
        if (LosesAnswers > 0)
        {
            LosesAnswers--;
            _lost.Release();
            throw new TimeoutException("The answer got lost.");
        }

        var hold = HoldAnswers;
        _reports.Writer.TryWrite(report);
        await hold;
        return grant;
    }

    public ValueTask<GateRefusal?> RefusalAsync(GateKey gate, long tokens, CancellationToken cancellationToken)
    {
        Calls++;
        return _gates.RefusalAsync(gate, tokens, cancellationToken);
    }

    public ValueTask<GateStatus> StatusAsync(GateKey gate, CancellationToken cancellationToken) => _gates.StatusAsync(gate, cancellationToken);

    void IUsageSink.Append(UsageEvent usage) => Usage.Add(usage);

    public async ValueTask DisposeAsync()
    {
        foreach (var agent in _agents)
        {
            await agent.DisposeAsync();
        }

        await _gates.DisposeAsync();
        _measured.Dispose();
        _lost.Dispose();
    }

    private TestGates OpenGates() => new(Catalog, Time, _store, this);
}
