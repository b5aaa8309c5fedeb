using System.Net;
using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Frontend.Tests.Chat;

/// <summary><c>?dry_run=true</c>.</summary>
public sealed class DryRunTests
{
    private const string Path = "/v1/chat/completions?dry_run=true";

    public static TheoryData<StrategyKind> Strategies => StrategyCouncil.Strategies;

    [Fact]
    public async Task Ensemble_IsThePlanWithNamesForWhoMayReadThem()
    {
        await using var council = await WithKeysAsync();

        var plan = await PlanAsync(council, Council.Ask, "rudi");

        plan.EnumerateObject().Select(field => field.Name).ShouldBe(["object", "ensemble", "strategy", "calls", "sure", "at_most"]);
        plan.GetProperty("object").GetString().ShouldBe("ensemble.plan");
        plan.GetProperty("ensemble").GetString().ShouldBe("council");
        plan.GetProperty("strategy").GetString().ShouldBe("synthesize");
        var calls = plan.GetProperty("calls").EnumerateArray().ToArray();
        calls.Select(call => call.GetProperty("model").GetString()).ShouldBe([.. Council.Members, Council.Judge, Council.SecondJudge]);
        calls.Select(call => call.GetProperty("role").GetString()).ShouldBe(["panel", "panel", "panel", "judge", "judge"]);
        calls.Select(call => call.GetProperty("step").GetString()).ShouldBe(["candidate", "candidate", "candidate", "synthesis", "synthesis"]);
        calls.Select(call => call.GetProperty("sure").GetBoolean()).ShouldBe([true, true, true, true, false]);
        calls.ShouldAllBe(call => call.GetProperty("prompt_tokens").GetInt64() > 0 && call.GetProperty("completion_tokens").GetInt64() > 0);
        var (sure, most) = (plan.GetProperty("sure"), plan.GetProperty("at_most"));
        (sure.GetProperty("calls").GetInt32(), most.GetProperty("calls").GetInt32()).ShouldBe((4, 5));
        Tokens(calls.SkipLast(1)).ShouldBe(sure.GetProperty("tokens").GetInt64());
        Tokens(calls).ShouldBe(most.GetProperty("tokens").GetInt64());
        Costs(calls.SkipLast(1)).ShouldBe(sure.GetProperty("cost_usd").GetDecimal());
        Costs(calls).ShouldBe(most.GetProperty("cost_usd").GetDecimal());
    }

    [Fact]
    public async Task Ensemble_OtherKey_SeesNoNames()
    {
        await using var council = await WithKeysAsync();

        var answer = await council.Gateway.SendAsync(HttpMethod.Post, Path, Council.Ask, "anna");

        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body);
        answer.Json.GetProperty("calls").EnumerateArray().ShouldAllBe(call => call.EnumerateObject().All(field => field.Name != "model"));
        Council.ShouldNameNobody(answer.Everything);
    }

    [Fact]
    public async Task Direct_IsOneCallWithItsAnswers()
    {
        await using var council = await WithKeysAsync();

        var plan = await PlanAsync(council, """{"model":"solo","n":2,"max_tokens":50,"messages":[{"role":"user","content":"Hi"}]}""", "rudi");

        plan.GetProperty("strategy").GetString().ShouldBe("direct");
        var call = plan.GetProperty("calls").EnumerateArray().ShouldHaveSingleItem();
        call.GetProperty("model").GetString().ShouldBe("solo");
        call.GetProperty("completion_tokens").GetInt64().ShouldBe(100);
        plan.GetProperty("sure").GetRawText().ShouldBe(plan.GetProperty("at_most").GetRawText());
    }

    [Fact]
    public async Task PriceUnknown_IsNull()
    {
        await using var council = await Council.StartAsync();

        var plan = await PlanAsync(council, Council.Ask, null);

        plan.GetProperty("sure").GetProperty("cost_usd").ValueKind.ShouldBe(JsonValueKind.Null);
        plan.GetProperty("at_most").GetProperty("cost_usd").ValueKind.ShouldBe(JsonValueKind.Null);
        plan.GetProperty("calls")[0].GetProperty("cost_usd").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData(Council.Ask)]
    [InlineData(Council.AskStreamed)]
    public async Task Plan_CallsNobodyCountsNothingAndStartsNoRun(string ask)
    {
        await using var council = await WithKeysAsync();

        for (var time = 0; time < 3; time++)
        {
            var answer = await council.Gateway.SendAsync(HttpMethod.Post, Path, ask, "anna", ("Idempotency-Key", "order-66"));
            answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body);
            answer.Header("content-type").ShouldBe("application/json");
            answer.Header("x-ensemble-run-id").ShouldBeNull();
        }

        council.Stub.Requests.ShouldBeEmpty();
        council.Gateway.Usage.Events.ShouldBeEmpty();
        council.Gateway.Services.GetRequiredService<IRunsInFlight>().InFlight.ShouldBe(0);

        // The key's one request a minute is still there.
        var real = await council.Gateway.ChatAsync(Council.Ask, "anna", ("Idempotency-Key", "order-66"));
        real.Status.ShouldBe(HttpStatusCode.OK, real.Body);
        real.Header("idempotent-replayed").ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task Plan_OfEveryStrategy_HoldsTheCallsThatARunThenMakes(StrategyKind strategy)
    {
        await using var council = await StrategyCouncil.StartAsync(strategy);

        var plan = await PlanAsync(council, Council.Ask, null);
        var run = (await council.Gateway.ChatAsync(Council.Ask, null, ("x-ensemble-manifest", "inline"))).Json.GetProperty("ensemble");

        plan.GetProperty("strategy").GetString().ShouldBe(run.GetProperty("strategy").GetString());
        var planned = plan.GetProperty("calls").EnumerateArray().ToArray();
        var made = run.GetProperty("sub_calls").EnumerateArray().Select(Kind).ToList();
        made.Except(planned.Select(Kind)).ShouldBeEmpty("no call that was not planned");
        foreach (var kind in planned.Select(Kind).Distinct())
        {
            var sure = planned.Count(call => Kind(call) == kind && call.GetProperty("sure").GetBoolean());
            made.Count(call => call == kind).ShouldBeInRange(sure, planned.Count(call => Kind(call) == kind), kind);
        }

        static string Kind(JsonElement call) => $"{call.GetProperty("role").GetString()}/{call.GetProperty("step").GetString()}";
    }

    [Theory]
    [InlineData("""{"model":"solo","messages":[]}""", "anna")]
    [InlineData("""{"model":"nothing","messages":[{"role":"user","content":"?"}]}""", "anna")]
    [InlineData("""{"model":"council","n":2,"messages":[{"role":"user","content":"?"}]}""", "anna")]
    [InlineData("""{"model":"numbat","messages":[{"role":"user","content":"?"}]}""", "anna")]
    [InlineData("{", "anna")]
    [InlineData(Council.Ask, "nobody")]
    public async Task Request_ThatIsRejected_IsRejectedInTheSameWords(string body, string key)
    {
        await using var council = await WithKeysAsync();

        var plan = await council.Gateway.SendAsync(HttpMethod.Post, Path, body, key);
        var real = await council.Gateway.ChatAsync(body, key);

        ((int)plan.Status).ShouldBeInRange(400, 404);
        (plan.Status, plan.Body).ShouldBe((real.Status, real.Body));
    }

    [Fact]
    public async Task False_IsARun()
    {
        await using var council = await Council.StartAsync();

        var answer = await council.Gateway.SendAsync(HttpMethod.Post, "/v1/chat/completions?dry_run=false", Council.Ask);

        answer.Content.ShouldBe("It is Paris.");
    }

    [Theory]
    [InlineData("1")]
    [InlineData("")]
    [InlineData("yes")]
    [InlineData("true&dry_run=true")]
    public async Task OtherValue_Is400AndNobodyIsCalled(string value)
    {
        await using var council = await Council.StartAsync();

        var answer = await council.Gateway.SendAsync(HttpMethod.Post, $"/v1/chat/completions?dry_run={value}", Council.Ask);

        answer.ShouldBeError(400, "invalid_request_error", null, "dry_run").Message.ShouldContain("true or false");
        council.Stub.Requests.ShouldBeEmpty();
    }

    private static async Task<JsonElement> PlanAsync(Council council, string ask, string? key)
    {
        var answer = await council.Gateway.SendAsync(HttpMethod.Post, Path, ask, key);
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body);
        return answer.Json;
    }

    private static long Tokens(IEnumerable<JsonElement> calls) =>
        calls.Sum(call => call.GetProperty("prompt_tokens").GetInt64() + call.GetProperty("completion_tokens").GetInt64());

    private static decimal Costs(IEnumerable<JsonElement> calls) => calls.Sum(call => call.GetProperty("cost_usd").GetDecimal());

    private static Task<Council> WithKeysAsync() => Council.StartAsync(
        shape: ensemble => ensemble with { Judge = ensemble.Judge! with { Fallbacks = [Council.SecondJudge] } },
        model: model => model with { Price = new PriceConfig(1, 4) },
        more: catalog => catalog
            .AddKey("anna", allowed: ["council", "solo"], limits: new RateLimitConfig { Rpm = 1 })
            .AddKey("rudi", readManifests: true));
}
