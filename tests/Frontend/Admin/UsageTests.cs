using System.Net;
using System.Text.Json;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Frontend.Tests.Admin;

/// <summary>The endpoints to the accounts.</summary>
public sealed class UsageTests
{
    private const string Range = "from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z";

    [Fact]
    public async Task Usage_Grouped_HasTotalsWithTheUnknownApart()
    {
        await using var council = await Council.StartAsync(args: AdminExtensions.KeyOption);
        var run = RunId.New();
        await WriteAsync(
            council,
            [
                TestUsage.SubCall(run, 0) with { CostUsd = 0.5m },
                TestUsage.SubCall(run, 1, CallOutcome.TimedOut) with { CostUsd = null, Source = UsageSource.Estimated },
                TestUsage.SubCall(run, 2) with { Model = "bilby", Role = SubCallRole.Judge, CostUsd = 0.25m, Caller = null },
            ]);

        var byModel = await council.Gateway.ReadAsync($"/admin/usage?{Range}&group_by=model");
        var byRoleAndDay = await council.Gateway.ReadAsync($"/admin/usage?{Range}&group_by=role,day&caller=");

        byModel.Status.ShouldBe(HttpStatusCode.OK, byModel.Body);
        byModel.Header("cache-control").ShouldBe("no-store");
        Data(byModel).Select(group => group.GetRawText()).ShouldBe(
        [
            """{"model":"bilby","calls":1,"failures":0,"prompt_tokens":7,"completion_tokens":11,"cached_tokens":0,"cache_write_tokens":0,"reasoning_tokens":0,"cached_share":0,"estimated_prompt_tokens":0,"estimated_completion_tokens":0,"cost_usd":0.25,"known_cost_usd":0.25,"unpriced_calls":0,"average_ms":1500,"p50_ms":1500,"p95_ms":1500}""",
            """{"model":"quokka","calls":2,"failures":1,"prompt_tokens":7,"completion_tokens":11,"cached_tokens":0,"cache_write_tokens":0,"reasoning_tokens":0,"cached_share":0,"estimated_prompt_tokens":7,"estimated_completion_tokens":11,"cost_usd":null,"known_cost_usd":0.5,"unpriced_calls":1,"average_ms":1500,"p50_ms":1500,"p95_ms":1500}""",
        ]);
        byRoleAndDay.Json.GetProperty("group_by").GetRawText().ShouldBe("""["role","day"]""");
        var group = Data(byRoleAndDay).ShouldHaveSingleItem();
        (group.GetProperty("role").GetString(), group.GetProperty("day").GetString(), group.GetProperty("calls").GetInt64()).ShouldBe(("judge", "2026-01-01", 1));
    }

    [Fact]
    public async Task Usage_Rows_ComeNewestFirstInPagesThatKeepTheirRange()
    {
        await using var council = await Council.StartAsync(args: AdminExtensions.KeyOption);
        var run = RunId.New();
        await WriteAsync(council, [.. Enumerable.Range(0, 5).Select(member => TestUsage.SubCall(run, member) with { StartedAt = TestUsage.Start.AddSeconds(member) })]);

        var first = await council.Gateway.ReadAsync($"/admin/usage?{Range}&limit=2");
        await WriteAsync(council, [TestUsage.SubCall(run, 9) with { StartedAt = TestUsage.Start.AddSeconds(9) }]);
        var second = await council.Gateway.ReadAsync($"/admin/usage?limit=2&cursor={Next(first)}");
        var third = await council.Gateway.ReadAsync($"/admin/usage?limit=2&cursor={Next(second)}");

        Members(first).ShouldBe([4, 3]);
        Members(second).ShouldBe([2, 1]);
        Members(third).ShouldBe([0]);
        third.Json.GetProperty("has_more").GetBoolean().ShouldBeFalse();
        third.Json.GetProperty("next_cursor").ValueKind.ShouldBe(JsonValueKind.Null);
        second.Json.GetProperty("from").GetRawText().ShouldBe(first.Json.GetProperty("from").GetRawText());
        Data(first)[0].EnumerateObject().Select(field => field.Name).ShouldBe(
        [
            "started_at", "run", "incarnation", "ensemble", "caller", "role", "step", "member", "sample", "model", "outcome", "attempts", "first_token_ms",
            "total_ms", "prompt_tokens", "completion_tokens", "cached_tokens", "cache_write_tokens", "reasoning_tokens", "tokens", "cost_usd",
        ]);

        static IEnumerable<int> Members(Answer answer) => Data(answer).Select(row => row.GetProperty("member").GetInt32());
    }

    [Fact]
    public async Task Usage_WithoutARange_IsTheLastDay()
    {
        await using var council = await Council.StartAsync(manualClock: true, args: AdminExtensions.KeyOption);
        var now = council.Clock.GetUtcNow();
        var run = RunId.New();
        await WriteAsync(council, [TestUsage.SubCall(run, 0) with { StartedAt = now.AddHours(-25) }, TestUsage.SubCall(run, 1) with { StartedAt = now.AddHours(-23) }]);

        var answer = await council.Gateway.ReadAsync("/admin/usage");

        Data(answer).ShouldHaveSingleItem().GetProperty("member").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Runs_ByTheBeginningOfTheirId_AreFoundWheneverTheyWere()
    {
        await using var council = await Council.StartAsync(args: AdminExtensions.KeyOption);
        var ended = TestUsage.Ended(RunId.New(), TestUsage.SubCall(RunId.New()));
        await WriteAsync(council, [], ended, TestUsage.Ended(RunId.New()) with { Agreement = 0.9, Ensemble = "other" });

        var byId = await council.Gateway.ReadAsync($"/admin/runs?id={ended.Run.Value[..20]}");
        var byAgreement = await council.Gateway.ReadAsync($"/admin/runs?{Range}&min_agreement=0.8&max_agreement=1");
        var paged = await council.Gateway.ReadAsync($"/admin/runs?{Range}&limit=1");
        var rest = await council.Gateway.ReadAsync($"/admin/runs?limit=1&cursor={Next(paged)}");

        var run = Data(byId).ShouldHaveSingleItem();
        run.GetProperty("run").GetString().ShouldBe(ended.Run.Value);
        run.GetProperty("cost_usd").GetDecimal().ShouldBe(0.000_000_123m);
        run.GetProperty("agreement").GetDouble().ShouldBe(0.5);
        Data(byAgreement).ShouldHaveSingleItem().GetProperty("ensemble").GetString().ShouldBe("other");
        Data(rest).ShouldHaveSingleItem().GetProperty("run").GetString().ShouldNotBe(Data(paged)[0].GetProperty("run").GetString());
        rest.Json.GetProperty("has_more").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Runs_Grouped_HasTotals()
    {
        await using var council = await Council.StartAsync(args: AdminExtensions.KeyOption);
        var ended = TestUsage.Ended(RunId.New(), TestUsage.SubCall(RunId.New()));
        await WriteAsync(council, [], ended, ended with { Run = RunId.New(), Agreement = 0.9 }, ended with { Run = RunId.New(), Ensemble = "other", Agreement = null, Outcome = "judge_failed" });

        var groups = await council.Gateway.ReadAsync($"/admin/runs?{Range}&group_by=ensemble");

        groups.Status.ShouldBe(HttpStatusCode.OK, groups.Body);
        groups.Json.GetProperty("object").GetString().ShouldBe("runs.groups");
        Data(groups).Select(group => group.GetRawText()).ShouldBe(
        [
            """{"ensemble":"council","runs":2,"failures":0,"degraded":0,"prompt_tokens":14,"completion_tokens":22,"cost_usd":0.000000246,"known_cost_usd":0.000000246,"unpriced_runs":0,"average_agreement":0.7,"average_ms":2500,"p50_ms":2500,"p95_ms":2500}""",
            """{"ensemble":"other","runs":1,"failures":1,"degraded":0,"prompt_tokens":7,"completion_tokens":11,"cost_usd":0.000000123,"known_cost_usd":0.000000123,"unpriced_runs":0,"average_agreement":null,"average_ms":2500,"p50_ms":2500,"p95_ms":2500}""",
        ]);
    }

    [Theory]
    [InlineData("usage", "over_budget")]
    [InlineData("usage", "budget_exceeded")]
    [InlineData("runs", "direct_failed")]
    [InlineData("runs", "upstream_failed")]
    public async Task Outcome_UnderAFormerWord_FindsTheSame(string path, string outcome)
    {
        await using var council = await Council.StartAsync(args: AdminExtensions.KeyOption);
        var run = RunId.New();
        await WriteAsync(
            council, [TestUsage.SubCall(run, 0, CallOutcome.BudgetExceeded), TestUsage.SubCall(run, 1)],
            TestUsage.Ended(run) with { Outcome = "upstream_failed" }, TestUsage.Ended(RunId.New()));

        var answer = await council.Gateway.ReadAsync($"/admin/{path}?{Range}&outcome={outcome}");

        Data(answer).ShouldHaveSingleItem().GetProperty("outcome").GetString().ShouldBe(path == "usage" ? "budget_exceeded" : "upstream_failed");
    }

    [Theory]
    [InlineData("/admin/usage?from=yesterday", "from", "ISO 8601")]
    [InlineData("/admin/usage?from=2026-01-01T00:00:00", "from", "offset")]
    [InlineData("/admin/usage?to=2026-01-01T00:00:00+02:00", "to", "%2B")]
    [InlineData("/admin/usage?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from", "before")]
    [InlineData("/admin/usage?group_by=modle", "group_by", "model")]
    [InlineData("/admin/usage?group_by=model,model", "group_by", "once")]
    [InlineData("/admin/usage?group_by=strategy", "group_by", "ensemble, model")]
    [InlineData("/admin/runs?group_by=model", "group_by", "ensemble, strategy")]
    [InlineData("/admin/usage?role=boss", "role", "judge")]
    [InlineData("/admin/usage?outcome=completed", "outcome", "timed_out")]
    [InlineData("/admin/usage?limit=1001", "limit", "1000")]
    [InlineData("/admin/usage?cursor=x", "cursor", "next_cursor")]
    [InlineData("/admin/usage?modle=x", "modle", "model")]
    [InlineData("/admin/usage?min_cost=1", "min_cost", "cursor")]
    [InlineData("/admin/usage?model=x&model=y", "model", "once")]
    [InlineData("/admin/runs?outcome=timed_out", "outcome", "completed")]
    [InlineData("/admin/runs?min_agreement=2", "min_agreement", "0 to 1")]
    [InlineData("/admin/runs?min_cost=-1", "min_cost", "number")]
    [InlineData("/admin/runs?id=XYZ", "id", "hexadecimal")]
    [InlineData("/admin/runs?model=x", "model", "ensemble")]
    public async Task Parameter_ThatMakesNoSense_IsA400ThatSaysHowToFixIt(string path, string parameter, string advice)
    {
        await using var council = await Council.StartAsync(args: AdminExtensions.KeyOption);

        var answer = await council.Gateway.ReadAsync(path);

        var message = answer.ShouldBeError(400, "invalid_request_error", null, parameter).Message;
        message.ShouldContain(advice);
        message.ShouldNotContain("..");
    }

    [Theory]
    [InlineData("/admin/usage")]
    [InlineData("/admin/runs")]
    public async Task Endpoint_WithoutTheAdminKey_IsClosed(string path)
    {
        await using var council = await Council.StartAsync(more: catalog => catalog.AddKey("sk-anna"), args: AdminExtensions.KeyOption);

        (await council.Gateway.GetAsync(path, "sk-anna")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Chat_OnceWritten_IsAtBothEndpoints()
    {
        await using var council = await Council.StartAsync(
            configure: services => services.AddSingleton<IUsageSink>(static provider => provider.GetRequiredService<UsageLedger>()), args: AdminExtensions.KeyOption);
        var chat = await council.Gateway.ChatAsync(Council.Ask);
        await council.Gateway.Services.GetRequiredService<UsageLedger>().StopAsync(Now.Cancel);

        var usage = await council.Gateway.ReadAsync("/admin/usage?group_by=ensemble");
        var runs = await council.Gateway.ReadAsync($"/admin/runs?id={chat.Header("x-ensemble-run-id")}");

        var told = chat.Json.GetProperty("usage");
        var group = Data(usage).ShouldHaveSingleItem();
        group.GetProperty("calls").GetInt64().ShouldBe(4);
        group.GetProperty("prompt_tokens").GetInt64().ShouldBe(told.GetProperty("prompt_tokens").GetInt64());
        Data(runs).ShouldHaveSingleItem().GetProperty("completion_tokens").GetInt64().ShouldBe(told.GetProperty("completion_tokens").GetInt64());
    }

    private static Task WriteAsync(Council council, UsageEvent[] calls, params RunManifest[] runs) => council.Gateway.Services
        .GetRequiredService<IUsageStore>().WriteAsync(new UsageBatch(calls, [.. runs.Select(RunRecord.Of)]), Now.Cancel);

    private static JsonElement[] Data(Answer answer) => [.. answer.Json.GetProperty("data").EnumerateArray()];

    private static string? Next(Answer page) => page.Json.GetProperty("next_cursor").GetString();
}
