using System.Net;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Frontend.Tests.Limits;

/// <summary>The limits and cooldowns of models, as they show in answers.</summary>
public sealed class ModelLimitTests
{
    [Fact]
    public async Task Member_AtItsLimit_IsSkippedAndTheOthersAnswer()
    {
        await using var council = await Council.StartAsync(model: model => model.DisplayName == "quokka" ? model with { RateLimit = new() { Rpm = 1 } } : model);
        await council.Gateway.ChatAsync(Council.Ask);

        var answer = await council.Gateway.ChatAsync(Council.Ask);

        answer.Content.ShouldBe("It is Paris.");
        council.Stub.RequestsFor("vendor-quokka").Count.ShouldBe(1);
        council.Gateway.Usage.Events.Count(usage => usage.Outcome == CallOutcome.GateRefused).ShouldBe(1);
    }

    [Fact]
    public async Task Members_AtTheirLimits_Is429WithoutACall()
    {
        await using var council = await Council.StartAsync(manualClock: true, model: model => model with { RateLimit = new() { Rpm = 1 } });
        (await council.Gateway.ChatAsync(Council.Ask)).Status.ShouldBe(HttpStatusCode.OK);
        council.Clock.Advance(TimeSpan.FromSeconds(20));

        var refused = await council.Gateway.ChatAsync(Council.Ask);

        refused.ShouldBeError(429, "rate_limit_error", "panel_rate_limited");
        refused.Header("retry-after").ShouldBe("41");
        council.Stub.Requests.Count.ShouldBe(4);
        Council.ShouldNameNobody(refused.Everything);
    }

    [Theory]
    [InlineData(Council.AskSolo)]
    [InlineData(Council.AskSoloStreamed)]
    public async Task Direct_LeftAloneAsItsProviderAsked_IsNotCalledBeforeThat(string ask)
    {
        await using var council = await Council.StartAsync(manualClock: true);
        council.Model("solo").Default = StubReply.Error(429, "rate_limit_exceeded", "Slow down.", retryAfter: TimeSpan.FromSeconds(180));
        (await council.Gateway.ChatAsync(ask)).Header("retry-after").ShouldBe("180");
        council.Model("solo").Default = StubReply.Text("Paris, I think.");
        council.Clock.Advance(TimeSpan.FromSeconds(60));

        var refused = await council.Gateway.ChatAsync(ask);

        refused.ShouldBeError(429, "rate_limit_error", "rate_limit_exceeded");
        refused.Header("retry-after").ShouldBe("120");
        council.Stub.RequestsFor(Council.Solo).Count.ShouldBe(1);
        council.Clock.Advance(TimeSpan.FromSeconds(120));
        (await council.Gateway.ChatAsync(ask)).Status.ShouldBe(HttpStatusCode.OK);
        council.Stub.RequestsFor(Council.Solo).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Direct_WhoseKeyIsRefused_Is502AndTheProviderIsLeftAlone()
    {
        await using var council = await Council.StartAsync();
        council.Model("solo").Default = StubReply.Error(401, "invalid_api_key", "Incorrect API key provided.");

        (await council.Gateway.ChatAsync(Council.AskSolo)).ShouldBeError(502, "upstream_error", "upstream_failed");
        (await council.Gateway.ChatAsync(Council.AskSolo)).ShouldBeError(502, "upstream_error", "upstream_failed");

        council.Stub.RequestsFor(Council.Solo).Count.ShouldBe(1);
    }
}
