using System.Net;
using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Frontend.Tests.Admin;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Frontend.Tests.Endpoints;

public sealed class RunsTests
{
    [Fact]
    public async Task Find_ByRunIdOrCompletionId_IsTheSameManifest()
    {
        await using var council = await Council.StartAsync();
        var completion = await council.Gateway.ChatAsync(Council.Ask);

        var byRun = await council.Gateway.GetAsync($"/v1/runs/{completion.Header("x-ensemble-run-id")}");
        var byCompletion = await council.Gateway.GetAsync($"/v1/runs/{completion.Completion}");

        byRun.Body.ShouldBe(byCompletion.Body);
        var run = byRun.Json;
        run.GetProperty("object").GetString().ShouldBe("ensemble.run");
        run.GetProperty("outcome").GetString().ShouldBe("completed");
        run.GetProperty("ensemble").GetString().ShouldBe("council");
        run.GetProperty("panel").GetProperty("usable").GetInt32().ShouldBe(3);
        run.GetProperty("panel").GetProperty("closed_because").GetString().ShouldBe("all_answered");
        run.GetProperty("judge").GetProperty("order").GetArrayLength().ShouldBe(3);
        run.GetProperty("usage").GetProperty("total_tokens").GetInt32().ShouldBe(60);
    }

    [Fact]
    public async Task Find_OfAVote_SaysWhatWasComparedAndDecided()
    {
        await using var council = await Council.StartAsync(shape: ensemble => ensemble with { Strategy = StrategyKind.Vote, Judge = null });
        var dissent = council.Gateway.Usage.WaitAsync(1);
        council.Model("quokka").Default = StubReply.Gated(dissent, StubReply.Text("Paris."));
        council.Model("numbat").Default = StubReply.Gated(dissent, StubReply.Text("paris"));
        council.Model("wombat").Default = StubReply.Text("It might just as well have been Lyon, the city of bridges.");
        var completion = await council.Gateway.ChatAsync(Council.Ask);

        var run = (await council.Gateway.GetAsync($"/v1/runs/{completion.Completion}")).Json;

        run.GetProperty("version").GetInt32().ShouldBe(1);
        run.GetProperty("strategy").GetString().ShouldBe("vote");
        var candidates = run.GetProperty("candidates").EnumerateArray().ToArray();
        candidates.Select(candidate => candidate.GetProperty("member").GetInt32()).ShouldBe([0, 1, 2]);
        candidates.ShouldAllBe(candidate => candidate.GetProperty("sample").GetInt32() == 0 && candidate.GetProperty("weight").GetDouble() == 1);
        candidates.ShouldAllBe(candidate => candidate.GetProperty("score").ValueKind == JsonValueKind.Null);
        var clusters = candidates.Select(candidate => candidate.GetProperty("cluster").GetInt32()).ToArray();
        clusters[1].ShouldBe(clusters[0]);
        clusters[2].ShouldNotBe(clusters[0]);
        candidates.ShouldAllBe(candidate => candidate.EnumerateObject().All(field => field.Name != "answer"));
        var decision = run.GetProperty("decisions").EnumerateArray().Single(decision => decision.GetProperty("step").GetString() == "vote");
        decision.GetProperty("verdict").GetString().ShouldBe("chosen");
        decision.GetProperty("reason").GetString().ShouldBe("plurality");
        decision.GetProperty("value").GetDouble().ShouldBeInRange(0.66, 0.67);
        decision.EnumerateObject().Select(field => field.Name).ShouldBe(["step", "verdict", "reason", "member", "sample", "value"]);
        run.GetProperty("saved").GetRawText().ShouldBe("""{"calls":0,"tokens":0,"cost_usd":0}""");
    }

    [Fact]
    public async Task Find_OfADecidedVote_SaysWhatWasSaved()
    {
        await using var council = await Council.StartAsync(shape: ensemble => ensemble with { Strategy = StrategyKind.Vote, Judge = null });
        council.Model("wombat").Default = StubReply.Hang();
        var completion = await council.Gateway.ChatAsync(Council.Ask);

        var run = (await council.Gateway.GetAsync($"/v1/runs/{completion.Completion}")).Json;

        run.GetProperty("panel").GetProperty("closed_because").GetString().ShouldBe("decided");
        run.GetProperty("candidates").GetArrayLength().ShouldBe(2);
        var saved = run.GetProperty("saved");
        saved.GetProperty("calls").GetInt32().ShouldBe(1);
        saved.GetProperty("tokens").GetInt64().ShouldBeGreaterThan(0);
        saved.GetProperty("cost_usd").ValueKind.ShouldBe(JsonValueKind.Null, "the stub's models have no price");
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, "paris")]
    public async Task Find_CandidatesAnswer_IsThereWhereContentIsCaptured(bool captures, string? expected)
    {
        await using var council = await Council.StartAsync(
            shape: ensemble => ensemble with { Strategy = StrategyKind.Vote, AnswerType = AnswerType.ShortText, Judge = null },
            args: captures ? ["--Telemetry:CaptureContent", "true"] : []);
        var completion = await council.Gateway.ChatAsync(Council.Ask);

        var candidates = (await council.Gateway.GetAsync($"/v1/runs/{completion.Completion}")).Json.GetProperty("candidates").EnumerateArray().ToArray();

        candidates.ShouldNotBeEmpty();
        candidates.ShouldAllBe(candidate => candidate.GetProperty("answer_type").GetString() == "short_text");
        candidates.Select(candidate => candidate.TryGetProperty("answer", out var answer) ? answer.GetString() : null).ShouldAllBe(answer => answer == expected);
    }

    [Fact]
    public async Task Find_RunInFlight_SaysRunning()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var council = await Council.StartAsync(manualClock: true);
        council.Model(Council.Judge).Default = StubReply.Gated(gate.Task, StubReply.Text("It is Paris."));

        var opening = council.Gateway.StreamAsync(Council.AskStreamed);
        await council.RequestAsync(Council.Judge);
        council.Clock.Advance(TimeSpan.FromSeconds(5));
        using var stream = await opening;
        var path = $"/v1/runs/{stream.Header("x-ensemble-run-id")}";
        var during = await council.Gateway.GetAsync(path);
        gate.SetResult();
        await stream.RestAsync();
        var after = await council.Gateway.GetAsync(path);

        during.Json.GetProperty("outcome").GetString().ShouldBe("running");
        during.Json.GetProperty("sub_calls").GetArrayLength().ShouldBe(3);
        after.Json.GetProperty("outcome").GetString().ShouldBe("completed");
        after.Json.GetProperty("sub_calls").GetArrayLength().ShouldBe(4);
    }

    [Fact]
    public async Task Find_FailedRun_SaysWhyAsItsCallerWasTold()
    {
        await using var council = await Council.StartAsync();
        council.AllMembers(StubReply.Error(500, null, "down"));
        var failed = await council.Gateway.ChatAsync(Council.Ask);

        var run = await council.Gateway.GetAsync($"/v1/runs/{failed.Header("x-ensemble-run-id")}");

        run.Status.ShouldBe(HttpStatusCode.OK);
        run.Json.GetProperty("outcome").GetString().ShouldBe("panel_below_quorum");
        run.Json.GetProperty("failure").GetString().ShouldBe(failed.Json.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task Find_RunOfAnotherProcess_IsReadFromTheAccountsUnderTheSameRules()
    {
        await using var council = await Council.StartAsync(more: catalog => catalog.AddKey("sk-anna").AddKey("sk-bert"), args: AdminExtensions.KeyOption);
        var run = RunId.New();
        var ended = TestUsage.Ended(run, TestUsage.SubCall(run)) with { Caller = "key-1" };
        await council.Gateway.Services.GetRequiredService<IUsageStore>().WriteAsync(new UsageBatch([], [RunRecord.Of(ended)]), Now.Cancel);

        var own = await council.Gateway.GetAsync($"/v1/runs/chatcmpl-{run}", "sk-anna");
        var foreign = await council.Gateway.GetAsync($"/v1/runs/{run}", "sk-bert");
        var admin = await council.Gateway.ReadAsync($"/v1/runs/{run}");

        own.Json.GetProperty("outcome").GetString().ShouldBe("completed", own.Body);
        own.Json.GetProperty("usage").GetProperty("prompt_tokens").GetInt64().ShouldBe(7);
        own.Body.ShouldNotContain("quokka");
        foreign.ShouldBeError(404, "invalid_request_error", "run_not_found");
        admin.Json.GetProperty("sub_calls")[0].GetProperty("model").GetString().ShouldBe("quokka");
    }
}
