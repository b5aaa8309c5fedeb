using System.Diagnostics;
using System.Net;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Telemetry;

/// <summary>What a collector is told of a request.</summary>
public sealed class TraceTests
{
    private const int Server = 2;
    private const int Internal = 1;
    private const int Client = 3;
    private const int Error = 2;

    private readonly string _trace = ActivityTraceId.CreateRandom().ToHexString();
    private readonly string _caller = ActivitySpanId.CreateRandom().ToHexString();

    [Fact]
    public async Task Ask_ThreeMembersAndAJudge_IsOneTraceWithItsCallsSideBySide()
    {
        await using var collector = await Collector.StartAsync(Now.Cancel);
        await using (var council = await StartAsync(collector))
        {
            (await AskAsync(council, Council.Ask)).Status.ShouldBe(HttpStatusCode.OK);
        }

        var spans = collector.Of(_trace);
        spans.Count.ShouldBe(2 + 4 + 4, string.Join(", ", spans.Select(span => span.Name)));
        var server = spans.Single(span => span.Kind == Server);
        (server.Name, server.Parent).ShouldBe(("POST /v1/chat/completions", _caller));
        server.Attributes["http.route"].ShouldBe("/v1/chat/completions");
        server.Attributes["http.response.status_code"].ShouldBe("200");
        var run = spans.Single(span => span.Name == "run council");
        (run.Parent, run.Kind, run.Attributes["ensemble.outcome"], run.Attributes["ensemble.strategy"]).ShouldBe((server.Id, Internal, "completed", "synthesize"));
        run.Attributes["ensemble.run.id"].ShouldBe(server.Attributes["ensemble.run.id"]);
        var calls = spans.Where(span => span.Name.StartsWith("chat ", StringComparison.Ordinal)).ToList();
        calls.Select(call => call.Name).Order(StringComparer.Ordinal).ShouldBe(["chat bilby", "chat numbat", "chat quokka", "chat wombat"]);
        calls.ShouldAllBe(call => call.Parent == run.Id && call.Kind == Client && call.Attributes["gen_ai.operation.name"] == "chat"
            && call.Attributes["gen_ai.response.finish_reasons"] == "stop" && int.Parse(call.Attributes["gen_ai.usage.output_tokens"]) > 0);
        calls.Select(call => $"{call.Attributes["gen_ai.request.model"]} {call.Attributes["ensemble.role"]} {call.Attributes["ensemble.step"]} {call.Attributes["ensemble.member"]}")
            .Order(StringComparer.Ordinal)
            .ShouldBe(["bilby judge synthesis 0", "numbat panel candidate 1", "quokka panel candidate 0", "wombat panel candidate 2"]);
        var attempts = spans.Where(span => span.Name == "attempt").ToList();
        attempts.Select(attempt => attempt.Parent).Order(StringComparer.Ordinal).ShouldBe(calls.Select(call => call.Id).Order(StringComparer.Ordinal));
        spans.ShouldAllBe(span => span.Status != Error);
        server.Resource["service.name"].ShouldBe("ensemble");
        server.Resource["ensemble.process.role"].ShouldBe("gateway");
        server.Resource.Keys.ShouldContain("service.version");
        server.Resource.Keys.ShouldContain("service.instance.id");
        collector.Metrics.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Ask_AnyRun_TellsTheCollectorNothingOfPromptOrAnswer()
    {
        await using var collector = await Collector.StartAsync(Now.Cancel);
        await using (var council = await StartAsync(collector))
        {
            council.Model("quokka").Default = StubReply.Error(400, null, "You asked for the capital of France, Paris.");
            (await AskAsync(council, Council.AskStreamed)).Status.ShouldBe(HttpStatusCode.OK);
        }

        var spans = collector.Of(_trace);
        spans.ShouldNotBeEmpty();
        foreach (var text in spans.SelectMany(span => span.Attributes.Values.Append(span.Name)))
        {
            text.ShouldNotContain("Paris", Case.Insensitive);
            text.ShouldNotContain("capital", Case.Insensitive);
        }
    }

    [Fact]
    public async Task Ask_MemberThatFailsTwice_IsThreeAttemptsBelowOneCall()
    {
        await using var collector = await Collector.StartAsync(Now.Cancel);
        await using (var council = await StartAsync(collector, retries: 2))
        {
            council.Model("quokka").Default = StubReply.Error(500, null, "It failed.");
            (await AskAsync(council, Council.Ask)).Status.ShouldBe(HttpStatusCode.OK);
        }

        var spans = collector.Of(_trace);
        var call = spans.Single(span => span.Name == "chat quokka");
        (call.Status, call.Attributes["error.type"], call.Attributes["ensemble.attempts"]).ShouldBe((Error, "server_error", "3"));
        var attempts = spans.Where(span => span.Parent == call.Id).ToList();
        attempts.Select(attempt => attempt.Attributes["ensemble.attempt"]).Order(StringComparer.Ordinal).ShouldBe(["1", "2", "3"]);
        attempts.ShouldAllBe(attempt => attempt.Status == Error && attempt.Attributes["http.response.status_code"] == "500");
    }

    [Fact]
    public async Task Ask_Traced_ProvidersAreToldNothing()
    {
        await using var collector = await Collector.StartAsync(Now.Cancel);
        await using var council = await StartAsync(collector);

        (await AskAsync(council, Council.Ask)).Status.ShouldBe(HttpStatusCode.OK);

        foreach (var request in council.Stub.Requests)
        {
            request.Headers.Keys.ShouldNotContain("traceparent");
            request.Headers.Keys.ShouldNotContain("tracestate");
            request.Headers.Keys.ShouldNotContain("baggage");
            request.Headers.Keys.ShouldNotContain("request-id");
        }
    }

    [Fact]
    public async Task Ask_WithPropagateToProviders_TheyAreToldTheAttempt()
    {
        await using var collector = await Collector.StartAsync(Now.Cancel);
        string told;
        await using (var council = await StartAsync(collector, args: ["--Telemetry:PropagateToProviders", "true"]))
        {
            (await AskAsync(council, Council.AskSolo)).Status.ShouldBe(HttpStatusCode.OK);
            told = (await council.RequestAsync("solo")).Headers["traceparent"];
        }

        told.ShouldBe($"00-{_trace}-{collector.Of(_trace).Single(span => span.Name == "attempt").Id}-01");
    }

    [Fact]
    public async Task Ask_AnswerThatBreaksOff_IsAnErrorOfTheRequest()
    {
        await using var collector = await Collector.StartAsync(Now.Cancel);
        await using (var council = await StartAsync(collector))
        {
            council.Model(Council.Judge).Default = StubReply.Stream(StubStep.Delta("It is"), StubStep.Drop());
            await Should.ThrowAsync<HttpRequestException>(() => AskAsync(council, Council.AskStreamed));
        }

        var server = collector.Of(_trace).Single(span => span.Kind == Server);
        (server.Status, server.Attributes["error.type"], server.Attributes["http.response.status_code"]).ShouldBe((Error, "broken_off", "200"));
        server.Attributes.Keys.ShouldContain("ensemble.run.id");
    }

    [Fact]
    public async Task Ask_ProviderThatFails_IsAnErrorOfTheRequestByItsStatus()
    {
        await using var collector = await Collector.StartAsync(Now.Cancel);
        await using (var council = await StartAsync(collector))
        {
            council.Model("solo").Default = StubReply.Error(500, null, "It failed.");
            (await AskAsync(council, Council.AskSolo)).Status.ShouldBe(HttpStatusCode.BadGateway);
        }

        var server = collector.Of(_trace).Single(span => span.Kind == Server);
        (server.Status, server.Attributes["error.type"], server.Attributes["http.response.status_code"]).ShouldBe((Error, "502", "502"));
    }

    [Fact]
    public async Task Probe_Traced_LeavesNoTrace()
    {
        await using var collector = await Collector.StartAsync(Now.Cancel);
        await using (var council = await StartAsync(collector))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/livez");
            request.Headers.Add("traceparent", Parent);
            (await council.Gateway.Http.SendAsync(request, Now.Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        collector.Of(_trace).ShouldBeEmpty();
    }

    private string Parent => $"00-{_trace}-{_caller}-01";

    private Task<Answer> AskAsync(Council council, string json) => council.Gateway.ChatAsync(json, null, ("traceparent", Parent));

    private static Task<Council> StartAsync(Collector collector, int retries = 0, params string[] args) => Council.StartAsync(
        model: model => model with { Retries = retries },
        args: ["--Telemetry:OtlpEndpoint", collector.Url, "--Telemetry:OtlpProtocol", "http/protobuf", .. args]);
}
