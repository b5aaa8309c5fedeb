using System.Net;
using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Admin;

/// <summary>The endpoint that shows how limits stand.</summary>
public sealed class GatesTests
{
    [Fact]
    public async Task List_AfterSomeRequests_ShowsWhatIsCountedAndWhoCoolsDown()
    {
        await using var council = await Council.StartAsync(
            manualClock: true,
            model: model => model.DisplayName == "quokka" ? model with { RateLimit = new RateLimitConfig { Rpm = 10, Concurrency = 3 } } : model,
            more: catalog => catalog.AddKey("sk-anna", limits: new RateLimitConfig { Tpm = 50_000 }).AddKey("sk-bert"),
            args: AdminExtensions.KeyOption);
        council.Model("numbat").Default = StubReply.Error(429, "rate_limit_exceeded", "Slow down.", retryAfter: TimeSpan.FromSeconds(45));
        (await council.Gateway.ChatAsync(Council.Ask, "sk-anna")).Status.ShouldBe(HttpStatusCode.OK);
        var list = await council.Gateway.ReadAsync("/admin/gates");
        for (var second = 0; second < 5; second++)
        {
            // Those who look make processes give back what they were granted and do not use; on a clock that jumps it would count as used.
            council.Clock.Advance(TimeSpan.FromSeconds(1));
            list = await council.Gateway.ReadAsync("/admin/gates");
        }

        list.Status.ShouldBe(HttpStatusCode.OK, list.Body);
        Gates(list).Keys.ShouldBe(["caller:key-1", "model:bilby", "model:numbat", "model:potoroo", "model:quokka", "model:solo", "model:wombat"]);
        var (anna, quokka, numbat) = (Gates(list)["caller:key-1"], Gates(list)["model:quokka"], Gates(list)["model:numbat"]);
        anna.GetProperty("tokens_this_minute").GetProperty("limit").GetInt64().ShouldBe(50_000);
        anna.GetProperty("tokens_this_minute").GetProperty("count").GetInt64().ShouldBeGreaterThan(0);
        anna.TryGetProperty("state", out _).ShouldBeFalse();
        quokka.GetProperty("requests_this_minute").GetRawText().ShouldBe("""{"count":1,"limit":10}""");
        quokka.GetProperty("in_flight").GetRawText().ShouldBe("""{"count":0,"limit":3}""");
        quokka.GetProperty("state").GetString().ShouldBe("in_use");
        numbat.GetProperty("state").GetString().ShouldBe("cooling_down");
        numbat.GetProperty("cooling_down_seconds").GetDouble().ShouldBe(40);
        numbat.GetProperty("cooldown_cause").GetString().ShouldBe("rate_limited");
    }

    [Fact]
    public async Task List_InPages_GoesOnAfterTheLast()
    {
        await using var council = await Council.StartAsync(args: AdminExtensions.KeyOption);

        var first = await council.Gateway.ReadAsync("/admin/gates?limit=2");
        var rest = await council.Gateway.ReadAsync("/admin/gates?after=model:numbat");

        Gates(first).Keys.ShouldBe(["model:bilby", "model:numbat"]);
        first.Json.GetProperty("has_more").GetBoolean().ShouldBeTrue();
        Gates(rest).Keys.First().ShouldBe("model:potoroo");
        rest.Json.GetProperty("has_more").GetBoolean().ShouldBeFalse();
        (await council.Gateway.ReadAsync("/admin/gates?limit=x")).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task List_WithoutTheAdminKey_IsClosed()
    {
        await using var council = await Council.StartAsync(more: catalog => catalog.AddKey("sk-anna"), args: AdminExtensions.KeyOption);

        (await council.Gateway.GetAsync("/admin/gates", "sk-anna")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static Dictionary<string, JsonElement> Gates(Answer list) =>
        list.Json.GetProperty("data").EnumerateArray().ToDictionary(gate => gate.GetProperty("gate").GetString()!);
}
