using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Ensemble.Cluster.Tests.Support;

namespace Ensemble.Cluster.Tests.Processes;

/// <summary>A caller's trace goes on behind the frontend.</summary>
public sealed class TracePropagationTests
{
    private const string Ask = """{"model":"council","stream":false,"messages":[{"role":"user","content":"What is 17 * 23?"}]}""";

    [Fact]
    public async Task Ask_RoleAllWithTraceparent_TheSilosCallsAreOfThatTrace()
    {
        var ports = NodeProcess.FreePorts();
        await using var node = await HostedNode.StartAsync("--Storage:Provider", "memory", "--Cluster:SiloPort", ports[0], "--Cluster:GatewayPort", ports[1]);

        await ShouldTraceAsync(node);
    }

    [Fact]
    public async Task Ask_FrontendBesideASiloWithTraceparent_TheSilosCallsAreOfThatTrace()
    {
        var database = await ClusterDatabase.CreateAsync();
        var ports = NodeProcess.FreePorts();
        string[] shared = ["--Cluster:ConnectionString", database.Connection];
        await using var silo = await HostedNode.StartAsync([.. shared, "--role", "silo", "--Cluster:SiloPort", ports[0], "--Cluster:GatewayPort", ports[1]]);
        await using var frontend = await HostedNode.StartAsync([.. shared, "--role", "frontend"]);

        await ShouldTraceAsync(frontend);
    }

    private static async Task ShouldTraceAsync(HostedNode frontend)
    {
        var trace = ActivityTraceId.CreateRandom();
        var activities = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name is "Microsoft.Orleans.Application" or "Microsoft.Orleans.Runtime",

            // Of other traces nothing is made: tests run side by side.
            Sample = (ref ActivityCreationOptions<ActivityContext> options) => options.Parent.TraceId == trace ? ActivitySamplingResult.AllData : ActivitySamplingResult.None,
            ActivityStarted = activities.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(Ask, Encoding.UTF8, "application/json") };
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");

        using var response = await frontend.Http.SendAsync(request, Now.Cancel);

        (await response.Content.ReadAsStringAsync(Now.Cancel)).ShouldContain("391");

        // Only a silo serves calls: what the caller's side does is of another kind.
        var served = activities.Where(activity => activity.Kind == ActivityKind.Server).ToList();
        served.ShouldAllBe(activity => activity.TraceId == trace && activity.ParentSpanId != default);
        var names = served.Select(activity => activity.OperationName).ToList();
        TestContext.Current.SendDiagnosticMessage("calls of the trace: {0}", string.Join(", ", names.GroupBy(name => name).Select(calls => $"{calls.Count()} {calls.Key}")));
        names.ShouldContain("IEnsembleRunGrain/AskAsync");
    }
}
