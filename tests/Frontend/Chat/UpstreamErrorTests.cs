using System.Net;
using Ensemble.Catalog;
using Ensemble.Catalog.Addresses;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Providers.Http;
using Ensemble.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Frontend.Tests.Chat;

/// <summary>What callers are told when models fail; both forms of an answer are told the same before the first byte.</summary>
public sealed class UpstreamErrorTests
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(60);

    public static readonly TheoryData<string> Ensembles = new(Council.Ask, Council.AskStreamed);

    public static readonly TheoryData<string> Directs = new(Council.AskSolo, Council.AskSoloStreamed);

    [Fact]
    public async Task Panel_BelowQuorum_Is502ThatCounts()
    {
        await using var council = await Council.StartAsync(manualClock: true);
        council.Model("numbat").Default = StubReply.Hang();
        council.Model("wombat").Default = StubReply.Error(500, null, "vendor-wombat is down");

        var pending = council.Gateway.ChatAsync(Council.Ask);
        await council.RequestAsync("numbat");
        await council.Gateway.Usage.WaitAsync(2);
        council.Clock.Advance(CallTimeout);
        var answer = await pending;

        answer.ShouldBeError(502, "upstream_error", "panel_below_quorum").Message
            .ShouldBe("2 of 3 answers needed, 1 arrived: 1 timed out, 1 failed (5xx).");
        answer.Header("x-should-retry").ShouldBeNull();
        answer.Header("x-ensemble-run-id").ShouldNotBeNull();
        Council.ShouldNameNobody(answer.Everything);
    }

    [Theory]
    [MemberData(nameof(Ensembles))]
    public async Task Panel_RequestTooLong_KeepsTheProvidersCodeAndDropsNames(string ask)
    {
        await using var council = await Council.StartAsync();
        council.AllMembers(StubReply.Error(
            400,
            "context_length_exceeded",
            "vendor-quokka (quokka, see https://platform.openai.com/docs) takes 10 tokens; org-abcdef123456 sent 11.",
            "messages"));

        var answer = await council.Gateway.ChatAsync(ask);

        var error = answer.ShouldBeError(400, "invalid_request_error", "context_length_exceeded", "messages");
        error.Message.ShouldContain("takes 10 tokens");
        error.Message.ShouldNotContain("openai", Case.Insensitive);
        error.Message.ShouldNotContain("org-");
        answer.Header("x-should-retry").ShouldBe("false");
        Council.ShouldNameNobody(answer.Everything);
    }

    [Theory]
    [InlineData(7000, 2500, "3")]
    [InlineData(100, 9000, "1")]
    public async Task Panel_RateLimited_Is429WithTheSoonestWholeSecond(int first, int others, string seconds)
    {
        // A panel of which one answer is enough gives up when the last has failed, so that all of them are counted.
        await using var council = await Council.StartAsync(shape: ensemble => ensemble with { MinResponses = 1 });
        council.AllMembers(Limited(others));
        council.Model("quokka").Default = Limited(first);

        var answer = await council.Gateway.ChatAsync(Council.AskStreamed);

        answer.ShouldBeError(429, "rate_limit_error", "panel_rate_limited");
        answer.Header("retry-after").ShouldBe(seconds);
        answer.Header("x-should-retry").ShouldBeNull();
        Council.ShouldNameNobody(answer.Everything);
    }

    [Fact]
    public async Task Panel_OperatorsKeyRefused_Is502ForGood()
    {
        await using var council = await Council.StartAsync();
        council.AllMembers(StubReply.Error(401, "invalid_api_key", "Incorrect API key provided: sk-vendor-quokka."));

        var answer = await council.Gateway.ChatAsync(Council.Ask);

        answer.ShouldBeError(502, "upstream_error", "panel_below_quorum").Message.ShouldContain("2 misconfigured, 1 not waited for");
        answer.Header("x-should-retry").ShouldBe("false");
        Council.ShouldNameNobody(answer.Everything);
    }

    [Theory]
    [InlineData(ProviderKind.OpenAi, Council.AskSolo)]
    [InlineData(ProviderKind.OpenAi, Council.AskSoloStreamed)]
    [InlineData(ProviderKind.OpenAi, Council.Ask)]
    [InlineData(ProviderKind.Anthropic, Council.AskSolo)]
    [InlineData(ProviderKind.Anthropic, Council.AskSoloStreamed)]
    [InlineData(ProviderKind.Anthropic, Council.Ask)]
    public async Task Host_AtAnAddressThatIsNotCalled_Is502ForGoodAndOnlyTheManifestSaysWhy(ProviderKind provider, string ask)
    {
        // A name, so that nothing is refused before the connect; the option below does not list the network.
        var network = new UpstreamNetwork { Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("10.1.2.3")]) };
        await using var council = await Council.StartAsync(
            model: model => model with { Provider = provider, BaseUrl = new Uri("https://vendor.test/v1"), Retries = 2 },
            configure: services => services.AddSingleton(new UpstreamHttp(network: network)));

        var answer = await council.Gateway.ChatAsync(ask);

        answer.Status.ShouldBe(HttpStatusCode.BadGateway);
        answer.Header("x-should-retry").ShouldBe("false");
        answer.Everything.ShouldNotContain("10.1.2.3");
        answer.Everything.ShouldNotContain("vendor.test");
        var calls = (await council.Gateway.GetAsync($"/v1/runs/{answer.Header("x-ensemble-run-id")}")).Json.GetProperty("sub_calls");
        calls[0].GetProperty("outcome").GetString().ShouldBe("not_found");
        calls[0].GetProperty("attempts").GetInt32().ShouldBe(1);
        calls[0].GetProperty("error").GetString()!.ShouldContain("10.1.2.3");
    }

    [Theory]
    [InlineData("10.0.0.0/8", "not_found")]
    [InlineData("10.0.0.0/8, 0.0.0.0/8", "transport_error")]
    public async Task Host_InAnAllowedNetwork_IsCalled(string allowed, string outcome)
    {
        // No machine can have this address, so that a connect fails at once.
        await using var council = await Council.StartAsync(
            model: model => model with { BaseUrl = new Uri("https://0.1.2.3/v1") }, args: ["--Security:AllowedNetworks", allowed]);

        var answer = await council.Gateway.ChatAsync(Council.AskSolo);

        var calls = (await council.Gateway.GetAsync($"/v1/runs/{answer.Header("x-ensemble-run-id")}")).Json.GetProperty("sub_calls");
        calls[0].GetProperty("outcome").GetString().ShouldBe(outcome);
    }

    [Fact]
    public async Task Panel_CutBeforeAnyText_Is400AboutTheLimit()
    {
        await using var council = await Council.StartAsync();
        council.AllMembers(StubReply.Text("", finishReason: "length"));

        var answer = await council.Gateway.ChatAsync(Council.Ask);

        answer.ShouldBeError(400, "invalid_request_error", "max_tokens_too_small", "max_completion_tokens");
    }

    [Theory]
    [MemberData(nameof(Ensembles))]
    public async Task Judge_Fails_TheBestCandidateIsGivenAndMarked(string ask)
    {
        await using var council = await Council.StartAsync();
        council.Model(Council.Judge).Default = StubReply.Error(500, null, "vendor-bilby is down");

        var answer = await council.Gateway.ChatAsync(ask);

        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body);
        answer.Header("x-ensemble-degraded").ShouldBe("judge_failed");
        answer.Body.ShouldContain("Paris.");
        Council.ShouldNameNobody(answer.Everything);
    }

    [Theory]
    [MemberData(nameof(Ensembles))]
    public async Task Judge_FailsWhereNothingElseIsAllowed_Is502(string ask)
    {
        await using var council = await Council.StartAsync(shape: NoFallback);
        council.Model(Council.Judge).Default = StubReply.Error(500, null, "vendor-bilby is down");

        var answer = await council.Gateway.ChatAsync(ask);

        answer.ShouldBeError(502, "upstream_error", "judge_failed");
        answer.Header("x-ensemble-agreement").ShouldBe("1.00");
        Council.ShouldNameNobody(answer.Everything);
    }

    [Fact]
    public async Task Judge_Fails_ItsFallbackAnswersAndNothingIsDegraded()
    {
        await using var council = await Council.StartAsync(
            shape: ensemble => ensemble with { Judge = ensemble.Judge! with { Fallbacks = [Council.SecondJudge] } });
        council.Model(Council.Judge).Default = StubReply.Error(500, null, "down");

        var answer = await council.Gateway.ChatAsync(Council.Ask);

        answer.Content.ShouldBe("Paris, it is.");
        answer.Header("x-ensemble-degraded").ShouldBeNull();
    }

    [Fact]
    public async Task Judge_RateLimitedWhereNothingElseIsAllowed_Is429()
    {
        await using var council = await Council.StartAsync(shape: NoFallback);
        council.Model(Council.Judge).Default = Limited(4000);

        var answer = await council.Gateway.ChatAsync(Council.Ask);

        answer.ShouldBeError(429, "rate_limit_error", "panel_rate_limited");
        answer.Header("retry-after").ShouldBe("4");
    }

    [Fact]
    public async Task Judge_DoesNotAnswerInTime_Is504()
    {
        await using var council = await Council.StartAsync(manualClock: true, shape: NoFallback);
        council.Model(Council.Judge).Default = StubReply.Hang();

        var pending = council.Gateway.ChatAsync(Council.Ask);
        await council.RequestAsync(Council.Judge);
        council.Clock.Advance(CallTimeout);
        var answer = await pending;

        answer.ShouldBeError(504, "upstream_error", "judge_timeout");
    }

    [Fact]
    public async Task Deadline_BeforeThePanelHasAnswered_Is504()
    {
        await using var council = await Council.StartAsync(
            manualClock: true, shape: ensemble => ensemble with { Deadline = TimeSpan.FromSeconds(5) });
        council.AllMembers(StubReply.Hang());

        var pending = council.Gateway.ChatAsync(Council.Ask);
        var request = await council.RequestAsync("quokka");
        await council.RequestAsync("numbat");
        await council.RequestAsync("wombat");
        council.Clock.Advance(TimeSpan.FromSeconds(5));
        var answer = await pending;

        answer.ShouldBeError(504, "upstream_error", "deadline_exceeded").Message.ShouldContain("2 of 3 answers needed, 0 arrived: 3 not waited for");
        await request.Aborted.WaitAsync(Now.Cancel);
    }

    [Theory]
    [InlineData(400, 400, "invalid_request_error", "invalid_value", "false")]
    [InlineData(413, 413, "invalid_request_error", "invalid_value", "false")]
    [InlineData(422, 422, "invalid_request_error", "invalid_value", "false")]
    [InlineData(401, 502, "upstream_error", "upstream_failed", "false")]
    [InlineData(403, 502, "upstream_error", "upstream_failed", "false")]
    [InlineData(404, 502, "upstream_error", "upstream_failed", "false")]
    [InlineData(500, 502, "upstream_error", "upstream_failed", null)]
    [InlineData(503, 502, "upstream_error", "upstream_failed", null)]
    [InlineData(429, 429, "rate_limit_error", "rate_limit_exceeded", null)]
    public async Task Direct_Failure_IsTranslated(int upstream, int status, string type, string code, string? retry)
    {
        await using var council = await Council.StartAsync();
        council.Model("solo").Default = StubReply.Error(upstream, upstream < 429 && upstream is 400 or 413 or 422 ? "invalid_value" : null, "vendor-solo at https://api.openai.com says no.");

        foreach (var ask in (string[])[Council.AskSolo, Council.AskSoloStreamed])
        {
            var answer = await council.Gateway.ChatAsync(ask);

            answer.ShouldBeError(status, type, code);
            answer.Header("x-should-retry").ShouldBe(retry);
            (answer.Header("retry-after") is not null).ShouldBe(status == 429);
            Council.ShouldNameNobody(answer.Everything);
            answer.Everything.ShouldNotContain("openai", Case.Insensitive);
        }
    }

    [Theory]
    [MemberData(nameof(Directs))]
    public async Task Direct_RateLimited_KeepsTheProvidersWait(string ask)
    {
        await using var council = await Council.StartAsync();
        council.Model("solo").Default = Limited(11_200);

        var answer = await council.Gateway.ChatAsync(ask);

        answer.Header("retry-after").ShouldBe("12");
    }

    [Fact]
    public async Task Direct_DoesNotAnswerInTime_Is504()
    {
        await using var council = await Council.StartAsync(manualClock: true);
        council.Model("solo").Default = StubReply.Hang();

        var pending = council.Gateway.ChatAsync(Council.AskSolo);
        await council.RequestAsync("solo");
        council.Clock.Advance(CallTimeout);

        (await pending).ShouldBeError(504, "upstream_error", "upstream_timeout");
    }

    [Theory]
    [MemberData(nameof(Directs))]
    public async Task Direct_KeyInCodeAndParam_IsNotShown(string ask)
    {
        await using var council = await Council.StartAsync();
        council.Model("solo").Default = StubReply.Error(400, "sk-vendor-secret", "No.", "sk-vendor-secret");

        var answer = await council.Gateway.ChatAsync(ask);

        answer.ShouldBeError(400, "invalid_request_error", null);
        answer.Everything.ShouldNotContain("secret");
    }

    [Theory]
    [InlineData("0", 3)]
    [InlineData("1", 3)]
    public async Task Direct_DeadModel_IsAskedAsOftenAsItsRetriesSayAndTheSdkIsToldToStop(string sdkRetries, int calls)
    {
        await using var council = await Council.StartAsync(model: model => model with { Retries = 2 });
        council.Model("solo").Default = StubReply.Error(503, null, "down");

        var answer = await council.Gateway.ChatAsync(Council.AskSolo, headers: ("x-stainless-retry-count", sdkRetries));

        answer.ShouldBeError(502, "upstream_error", "upstream_failed");
        answer.Header("x-should-retry").ShouldBe("false");
        council.Stub.Requests.Count.ShouldBe(calls);
    }

    [Theory]
    [InlineData("OpenAI/2.15.0 (.NET 10.0.0; Linux)", null, "40000")]
    [InlineData("OpenAI/Python 2.0.0", "40", null)]
    public async Task Direct_LongWait_IsToldWhereTheClientDoesNotSleepThroughIt(string agent, string? seconds, string? milliseconds)
    {
        await using var council = await Council.StartAsync();
        council.Model("solo").Default = StubReply.Error(429, null, "slow", retryAfter: TimeSpan.FromSeconds(40));

        var answer = await council.Gateway.ChatAsync(Council.AskSolo, headers: ("User-Agent", agent));

        (answer.Header("retry-after"), answer.Header("retry-after-ms")).ShouldBe((seconds, milliseconds));
    }

    [Fact]
    public async Task Direct_LimitedForAMoment_IsAskedOnceMoreAndTheSdkIsToldToStop()
    {
        await using var council = await Council.StartAsync(model: model => model with { Retries = 2 });
        council.Model("solo").Default = StubReply.Error(429, null, "slow", retryAfter: TimeSpan.FromMilliseconds(5));

        var answer = await council.Gateway.ChatAsync(Council.AskSolo);

        answer.ShouldBeError(429, "rate_limit_error", "rate_limit_exceeded");
        answer.Header("x-should-retry").ShouldBe("false");
        council.Stub.Requests.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("0", null)]
    [InlineData("1", "false")]
    public async Task Direct_DeadModelWithoutRetries_LeavesTheSdkOne(string sdkRetries, string? retry)
    {
        await using var council = await Council.StartAsync(model: model => model with { Retries = 0 });
        council.Model("solo").Default = StubReply.Error(500, null, "down");

        (await council.Gateway.ChatAsync(Council.AskSolo, headers: ("x-stainless-retry-count", sdkRetries))).Header("x-should-retry").ShouldBe(retry);
    }

    [Theory]
    [InlineData(429, 5_000, "5", null)]
    [InlineData(503, 5_000, "5", null)]
    [InlineData(429, 300_000, "300", "false")]
    [InlineData(503, 300_000, "300", "false")]
    public async Task Direct_LongWait_IsHandedToTheCallerAfterOneCall(int status, int milliseconds, string seconds, string? retry)
    {
        await using var council = await Council.StartAsync(model: model => model with { Retries = 2 });
        council.Model("solo").Default = StubReply.Error(status, null, "slow", retryAfter: TimeSpan.FromMilliseconds(milliseconds));

        var answer = await council.Gateway.ChatAsync(Council.AskSolo);

        (answer.Header("retry-after"), answer.Header("x-should-retry")).ShouldBe((seconds, retry));
        council.Stub.Requests.Count.ShouldBe(1);
    }

    private static EnsembleConfig NoFallback(EnsembleConfig ensemble) => ensemble with { OnJudgeFailure = OnJudgeFailure.Fail };

    private static StubReply Limited(int milliseconds) =>
        StubReply.Error(429, "rate_limit_exceeded", "vendor-quokka is at its limit.", retryAfter: TimeSpan.FromMilliseconds(milliseconds));
}
