using System.Diagnostics;
using System.Text;
using Ensemble.Cluster.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Cluster.Tests.Processes;

/// <summary>What a collector is told by a frontend and a silo, each a process of its own.</summary>
public sealed class TraceExportTests
{
    private const string Ask = """{"model":"council","messages":[{"role":"user","content":"What is 17 * 23?"}]}""";

    [Fact]
    public async Task Ask_FrontendAndSilo_AreOneTraceOfBoth()
    {
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        var caller = ActivitySpanId.CreateRandom().ToHexString();
        await using var collector = await Collector.StartAsync(Now.Cancel);
        var database = await ClusterDatabase.CreateAsync();
        var ports = NodeProcess.FreePorts();
        string[] shared = ["--Telemetry:OtlpEndpoint", collector.Url, "--Telemetry:OtlpProtocol", "http/protobuf", "--Management:Url", "http://127.0.0.1:0"];
        await using (var silo = await NodeProcess.StartAsync(database.Connection, [.. shared, "--role", "silo", "--Cluster:SiloPort", ports[0], "--Cluster:GatewayPort", ports[1]]))
        await using (var frontend = await NodeProcess.StartAsync(database.Connection, [.. shared, "--role", "frontend"]))
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(Ask, Encoding.UTF8, "application/json") };
            request.Headers.Add("traceparent", $"00-{trace}-{caller}-01");
            using var response = await frontend.Http.SendAsync(request, Now.Cancel);
            (await response.Content.ReadAsStringAsync(Now.Cancel)).ShouldContain("391");

            // What is not sent yet is sent at the end of a process.
            await frontend.TerminateAsync();
            await frontend.WaitForExitAsync();
            await silo.TerminateAsync();
            await silo.WaitForExitAsync();
        }

        var spans = collector.Of(trace);
        var byId = spans.ToDictionary(span => span.Id, StringComparer.Ordinal);
        spans.Select(span => span.Id).ShouldBeUnique();
        var server = spans.Single(span => span.Name == "POST /v1/chat/completions");
        (server.Parent, server.Resource["ensemble.process.role"]).ShouldBe((caller, "frontend"));
        var run = spans.Single(span => span.Name == "run council");
        run.Resource["ensemble.process.role"].ShouldBe("silo");
        Above(run).ShouldContain(server.Id);
        Above(run).Select(id => byId[id].Name).ShouldContain("IEnsembleRunGrain/AskAsync");
        var calls = spans.Where(span => span.Name.StartsWith("chat ", StringComparison.Ordinal)).ToList();
        calls.Count.ShouldBe(4);
        calls.ShouldAllBe(call => call.Parent == run.Id);
        spans.Count(span => span.Name == "attempt" && calls.Any(call => call.Id == span.Parent)).ShouldBe(4);

        List<string> Above(OtlpSpan span)
        {
            var above = new List<string>();
            for (var next = span; byId.TryGetValue(next.Parent, out next!);)
            {
                above.Add(next.Id);
            }

            return above;
        }
    }
}
