using System.Net;
using System.Text;
using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Frontend.Tests.Admin;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Runs;
using Ensemble.Testing;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Frontend.Tests.Endpoints;

/// <summary><c>POST /v1/runs/{id}/replay</c>.</summary>
public sealed class ReplayTests
{
    private static readonly string[] Stores = ["--Replay:StoreAnswers", "true", "--Security:MasterKey", new string('7', 64)];

    [Fact]
    public async Task Replay_AsAVote_AsksNobodyAndIsARunOfItsOwn()
    {
        await using var council = await StartAsync();
        var first = await AskAsync(council);

        var replay = await ReplayAsync(council, first, """{"strategy":"vote"}""");

        replay.Status.ShouldBe(HttpStatusCode.OK, replay.Body);
        replay.Content.ShouldBe("Paris.");
        replay.Json.GetProperty("object").GetString().ShouldBe("chat.completion");
        replay.Json.GetProperty("model").GetString().ShouldBe("council");
        replay.Json.GetProperty("usage").GetProperty("total_tokens").GetInt32().ShouldBe(0);
        replay.Header("x-ensemble-cost-usd").ShouldBe("0");
        replay.Header("x-ensemble-agreement").ShouldBe("0.67");
        var run = replay.Header("x-ensemble-run-id").ShouldNotBeNull();
        run.ShouldNotBe(first.Header("x-ensemble-run-id"));
        replay.Completion.ShouldBe($"chatcmpl-{run}");
        council.Stub.Requests.Count.ShouldBe(4);
        council.Gateway.Usage.Events.Count.ShouldBe(4);

        var manifest = (await council.Gateway.GetAsync($"/v1/runs/{run}")).Json;
        manifest.GetProperty("replay_of").GetString().ShouldBe(first.Header("x-ensemble-run-id"));
        manifest.GetProperty("strategy").GetString().ShouldBe("vote");
        manifest.GetProperty("usage").GetProperty("total_tokens").GetInt32().ShouldBe(0);
        manifest.GetProperty("sub_calls").EnumerateArray().ShouldAllBe(call => call.GetProperty("remembered").GetBoolean());
        (await council.Gateway.GetAsync($"/v1/runs/{first.Completion}")).Json.TryGetProperty("replay_of", out _).ShouldBeFalse();
        Council.ShouldNameNobody(replay.Everything);
        council.Gateway.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Replay_WithAnotherJudge_AsksAndPaysThatOneAlone()
    {
        await using var council = await StartAsync();
        var first = await AskAsync(council);

        var replay = await ReplayAsync(council, first, $$"""{"judge":"{{Council.SecondJudge}}"}""", null, ("x-ensemble-manifest", "inline"));

        replay.Content.ShouldBe("Paris, it is.");
        replay.Json.GetProperty("usage").GetProperty("total_tokens").GetInt32().ShouldBe(15);
        replay.Json.GetProperty("ensemble").GetProperty("replay_of").GetString().ShouldBe(first.Header("x-ensemble-run-id"));
        council.Stub.Requests.Select(request => request.Model).Order().ShouldBe(
            new[] { "vendor-bilby", "vendor-numbat", "vendor-potoroo", "vendor-quokka", "vendor-wombat" });
        council.Gateway.Usage.Events[^1].Run.Value.ShouldBe(replay.Header("x-ensemble-run-id"));
        council.Gateway.Usage.Events.Count.ShouldBe(5);
    }

    [Fact]
    public async Task Replay_Streamed_IsAStreamWhateverTheFirstAnswerWas()
    {
        await using var council = await StartAsync();
        var first = await AskAsync(council);

        var stream = await ReplayAsync(council, first, """{"stream":true,"stream_options":{"include_usage":true}}""");

        stream.Header("content-type").ShouldNotBeNull().ShouldStartWith("text/event-stream");
        stream.Body.ShouldEndWith("data: [DONE]\n\n");
        stream.Body.ShouldContain("\"total_tokens\":15");
        string.Concat(Deltas(stream.Body)).ShouldBe("It is Paris.");
        council.Stub.Requests.Count(request => request.Model == "vendor-bilby").ShouldBe(2);

        var streamed = await council.Gateway.ChatAsync(Council.AskStreamed);
        var whole = await ReplayAsync(council, streamed, """{"strategy":"consensus"}""");
        whole.Content.ShouldBe("Paris.");
    }

    [Fact]
    public async Task Replay_EveryStrategyThatCanBe_GivesAnAnswerAndAsksNoMember()
    {
        await using var council = await StartAsync();
        council.Model(Council.Judge).Default = AssistantAnswers.Of("It is Paris.");
        var first = await AskAsync(council);

        foreach (var strategy in (string[])["synthesize", "best_of", "vote", "consensus", "adaptive"])
        {
            var replay = await ReplayAsync(council, first, $$"""{"strategy":"{{strategy}}"}""");

            replay.Status.ShouldBe(HttpStatusCode.OK, replay.Body);
            replay.Content.ShouldBe(strategy == "synthesize" ? "It is Paris." : replay.Content);
            replay.Content.ShouldNotBeNullOrEmpty();
        }

        Council.Members.ShouldAllBe(member => council.Stub.Requests.Count(request => request.Model == $"vendor-{member}") == 1);
    }

    [Fact]
    public async Task Replay_OfARunWhoseJudgeFailed_HasAnAnswer()
    {
        await using var council = await StartAsync(shape: ensemble => ensemble with { OnJudgeFailure = OnJudgeFailure.Fail });
        council.Model(Council.Judge).Default = StubReply.Error(500, null, "down");
        var failed = await council.Gateway.ChatAsync(Council.Ask);
        failed.ShouldBeError(502, "upstream_error", "judge_failed");

        var replay = await ReplayAsync(council, failed, $$"""{"judge":"{{Council.SecondJudge}}"}""");

        replay.Content.ShouldBe("Paris, it is.");
    }

    [Fact]
    public async Task Replay_OfAReplay_UsesTheFirstRunsPanel()
    {
        await using var council = await StartAsync();
        var first = await AskAsync(council);
        var replay = await ReplayAsync(council, first, """{"strategy":"vote"}""");

        var second = await ReplayAsync(council, replay, """{"strategy":"consensus"}""");

        second.Content.ShouldBe("Paris.");
        var manifest = (await council.Gateway.GetAsync($"/v1/runs/{second.Completion}")).Json;
        manifest.GetProperty("replay_of").GetString().ShouldBe(first.Header("x-ensemble-run-id"));
    }

    [Fact]
    public async Task Replay_ThatFails_KeepsNoPanelForAnOrdinaryRequest()
    {
        await using var council = await StartAsync(shape: ensemble => ensemble with { OnJudgeFailure = OnJudgeFailure.Fail });
        var first = await AskAsync(council);
        council.Model(Council.Judge).Enqueue(StubReply.Error(500, null, "down"));
        var failed = await ReplayAsync(council, first, "{}");
        failed.ShouldBeError(502, "upstream_error", "judge_failed");

        var again = await council.Gateway.ChatAsync(Council.Ask);

        again.Content.ShouldBe("It is Paris.");
        again.Header("x-ensemble-run-id").ShouldNotBe(failed.Header("x-ensemble-run-id"));
        council.Stub.Requests.Count(request => request.Model == "vendor-quokka").ShouldBe(2);
    }

    [Fact]
    public async Task Replay_WithAnIdempotencyKey_IsMadeOnceAndOnlyForTheSameOptions()
    {
        await using var council = await StartAsync();
        var first = await AskAsync(council);
        var replay = await ReplayAsync(council, first, "{}", null, ("Idempotency-Key", "order-66"));

        var again = await ReplayAsync(council, first, "{}", null, ("Idempotency-Key", "order-66"));
        var other = await ReplayAsync(council, first, """{"strategy":"vote"}""", null, ("Idempotency-Key", "order-66"));

        again.Header("idempotent-replayed").ShouldBe("true");
        again.Completion.ShouldBe(replay.Completion);
        other.ShouldBeError(422, "invalid_request_error", "idempotency_key_reused");
        council.Stub.Requests.Count.ShouldBe(5);
    }

    [Fact]
    public async Task Replay_DryRun_IsThePlanWithoutThePanel()
    {
        await using var council = await StartAsync();
        var first = await AskAsync(council);

        var plan = await council.Gateway.SendAsync(HttpMethod.Post, $"/v1/runs/{first.Completion}/replay?dry_run=true", """{"strategy":"best_of"}""");

        plan.Json.GetProperty("strategy").GetString().ShouldBe("best_of");
        plan.Json.GetProperty("calls").EnumerateArray().Select(call => call.GetProperty("step").GetString()).ShouldBe(["pick"]);
        council.Stub.Requests.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Replay_SomebodyElsesRun_IsNotThere()
    {
        await using var council = await StartAsync(
            more: catalog => catalog.AddKey("anna", limits: new RateLimitConfig { Rpm = 2 }).AddKey("bert"), args: AdminExtensions.KeyOption);
        var first = await council.Gateway.ChatAsync(Council.Ask, "anna");

        (await ReplayAsync(council, first, """{"strategy":"vote"}""", "bert")).ShouldBeError(404, "invalid_request_error", "run_not_found");
        (await ReplayAsync(council, first, """{"strategy":"vote"}""", "nobody")).ShouldBeError(401, "authentication_error", "invalid_api_key");
        (await ReplayAsync(council, first, """{"strategy":"vote"}""", AdminExtensions.Key)).Content.ShouldBe("Paris.");
        var own = await ReplayAsync(council, first, """{"strategy":"vote"}""", "anna");
        own.Content.ShouldBe("Paris.");
        own.Header("x-ratelimit-remaining-requests").ShouldBe("0", "a replay is a request");
        (await ReplayAsync(council, first, """{"strategy":"vote"}""", "anna")).ShouldBeError(429, "rate_limit_error", "rate_limit_exceeded");
    }

    [Fact]
    public async Task Replay_JudgeThatTheKeyMayNotUse_IsRefusedUnlessItIsTheEnsembles()
    {
        await using var council = await StartAsync(more: catalog => catalog.AddKey("anna", allowed: ["council"]));
        var first = await council.Gateway.ChatAsync(Council.Ask, "anna");

        (await ReplayAsync(council, first, """{"judge":"solo"}""", "anna")).ShouldBeError(404, "invalid_request_error", "model_not_found", "judge");
        (await ReplayAsync(council, first, """{"judge":"quokka"}""", "anna")).Status.ShouldBe(HttpStatusCode.OK);
        (await ReplayAsync(council, first, """{"judge":"nobody"}""", "anna")).ShouldBeError(404, "invalid_request_error", "model_not_found", "judge");
        (await ReplayAsync(council, first, """{"judge":"council"}""", "anna")).ShouldBeError(400, "invalid_request_error", null, "judge");
    }

    [Theory]
    [InlineData("""{"strategi":"vote"}""", "strategi", "Did you mean \"strategy\"?")]
    [InlineData("""{"strategy":"vot"}""", "strategy", "Did you mean \"vote\"?")]
    [InlineData("""{"strategy":7}""", "strategy", "the name of a strategy")]
    [InlineData("""{"stream":"yes"}""", "stream", "true or false")]
    [InlineData("""{"stream_options":{}}""", "stream_options", "leave it out")]
    [InlineData("""{"judge":"solo","judge":"solo"}""", null, "twice")]
    [InlineData("[]", null, "JSON object")]
    [InlineData("", null, "not valid JSON")]
    public async Task Replay_BadBody_Is400AndNamesTheField(string body, string? param, string words)
    {
        await using var council = await StartAsync();
        var first = await AskAsync(council);

        (await ReplayAsync(council, first, body)).ShouldBeError(400, "invalid_request_error", null, param).Message.ShouldContain(words);
        council.Stub.Requests.Count.ShouldBe(4);
    }

    [Theory]
    [InlineData("cascade")]
    [InlineData("verify")]
    [InlineData("route")]
    [InlineData("specialist")]
    [InlineData("confidence")]
    public async Task Replay_StrategyThatAsksMembers_Is422AndSaysWhy(string strategy)
    {
        await using var council = await StartAsync();
        var first = await AskAsync(council);

        var refused = await ReplayAsync(council, first, $$"""{"strategy":"{{strategy}}"}""");

        refused.ShouldBeError(422, "invalid_request_error", "strategy_not_replayable", "strategy").Message.ShouldContain(strategy);
    }

    [Fact]
    public async Task Replay_RunWithoutAPanel_Is422()
    {
        await using var council = await StartAsync();
        var solo = await council.Gateway.ChatAsync(Council.AskSolo);

        (await ReplayAsync(council, solo, "{}")).ShouldBeError(422, "invalid_request_error", "not_replayable").Message.ShouldContain("direct");
    }

    [Fact]
    public async Task Replay_PanelWasChangedSince_Is409()
    {
        await using var council = await StartAsync();
        var first = await AskAsync(council);
        council.Catalog.Change(Council.Snapshot(council.Stub, ensemble => ensemble with { Panel = [.. ensemble.Panel.Reverse()] }, null, null, 2));

        (await ReplayAsync(council, first, "{}")).ShouldBeError(409, "invalid_request_error", "panel_changed");
        council.Stub.Requests.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Replay_NotJson_Is415()
    {
        await using var council = await StartAsync();
        var first = await AskAsync(council);
        using var form = new StringContent("strategy=vote", Encoding.UTF8, "application/x-www-form-urlencoded");

        using var refused = await council.Gateway.Http.PostAsync(new Uri($"/v1/runs/{first.Completion}/replay", UriKind.Relative), form, Now.Cancel);

        ((int)refused.StatusCode).ShouldBe(415);
    }

    [Fact]
    public async Task Replay_StoringIsOff_Is404AndNamesTheOption()
    {
        await using var council = await Council.StartAsync();
        var first = await council.Gateway.ChatAsync(Council.Ask);

        (await ReplayAsync(council, first, "{}")).ShouldBeError(404, "invalid_request_error", "answers_not_stored").Message.ShouldContain("Replay:StoreAnswers");
    }

    [Fact]
    public async Task Replay_AfterTheRetention_Is404AndSaysHowLongItWas()
    {
        await using var council = await StartAsync(manualClock: true, args: ["--Replay:RetentionHours", "2"]);
        var first = await AskAsync(council);
        council.Clock.Advance(TimeSpan.FromHours(2) - TimeSpan.FromSeconds(1));
        (await ReplayAsync(council, first, """{"strategy":"vote"}""")).Status.ShouldBe(HttpStatusCode.OK);

        council.Clock.Advance(TimeSpan.FromSeconds(1));

        (await ReplayAsync(council, first, "{}")).ShouldBeError(404, "invalid_request_error", "answers_not_stored").Message.ShouldContain("2 hours");
    }

    [Fact]
    public async Task Replay_MoreThanIsKept_Is404AndSaysSo()
    {
        await using var council = await StartAsync();
        council.Model("quokka").Default = StubReply.Text(new string('x', IPanelStore.MaxPayloadBytes));
        var first = await AskAsync(council);

        (await ReplayAsync(council, first, "{}")).ShouldBeError(404, "invalid_request_error", "answers_not_stored").Message.ShouldContain("4 MiB");
    }

    [Fact]
    public async Task Replay_RunInFlight_Is409()
    {
        await using var council = await StartAsync(manualClock: true);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        council.Model(Council.Judge).Default = StubReply.Gated(gate.Task, StubReply.Text("It is Paris."));
        var opening = council.Gateway.StreamAsync(Council.AskStreamed);
        await council.RequestAsync(Council.Judge);
        council.Clock.Advance(TimeSpan.FromSeconds(5));
        using var stream = await opening;

        var during = await council.Gateway.SendAsync(HttpMethod.Post, $"/v1/runs/{stream.Header("x-ensemble-run-id")}/replay", "{}");

        during.ShouldBeError(409, "invalid_request_error", "run_in_flight");
        gate.SetResult();
        await stream.RestAsync();
    }

    [Fact]
    public async Task Replay_AfterARestart_UsesTheDatabaseWhichHoldsNothingReadable()
    {
        var folder = Directory.CreateTempSubdirectory("ensemble-");
        var file = Path.Combine(folder.FullName, "e.db");
        string[] storage = ["--Storage:Provider", "sqlite", "--Storage:ConnectionString", $"Data Source={file}", "--Usage:Durability", "before_answer"];
        try
        {
            Answer first;
            await using var council = await StartAsync();
            await using (var gateway = await Gateway.StartAsync(council.Catalog, null, UseLedger, [.. Stores, .. storage]))
            {
                first = await gateway.ChatAsync("""{"model":"council","messages":[{"role":"user","content":"My password is xyzzy-4711."}]}""");
                first.Content.ShouldBe("It is Paris.");
                gateway.Log.ShouldAllBe(line => !line.Contains("xyzzy-4711") && !line.Contains("Paris"));
            }

            foreach (var bytes in folder.GetFiles().Select(part => File.ReadAllBytes(part.FullName)))
            {
                bytes.AsSpan().IndexOf("xyzzy-4711"u8).ShouldBe(-1);
                bytes.AsSpan().IndexOf("Paris"u8).ShouldBe(-1);
            }

            await using var next = await Gateway.StartAsync(council.Catalog, null, UseLedger, [.. Stores, .. storage]);
            var replay = await next.SendAsync(HttpMethod.Post, $"/v1/runs/{first.Completion}/replay", """{"strategy":"vote"}""");
            replay.Content.ShouldBe("Paris.", replay.Body);
            council.Stub.Requests.Count.ShouldBe(4);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        static void UseLedger(IServiceCollection services) => services.AddSingleton<IUsageSink>(static provider => provider.GetRequiredService<UsageLedger>());
    }

    private static Task<Council> StartAsync(
        bool manualClock = false, Func<EnsembleConfig, EnsembleConfig>? shape = null, Action<CatalogBuilder>? more = null, params string[] args) =>
        Council.StartAsync(manualClock, shape, more: more, args: [.. Stores, .. args]);

    /// <summary>One of three disagrees.</summary>
    private static async Task<Answer> AskAsync(Council council)
    {
        council.Model("wombat").Default = StubReply.Text("It might just as well have been Lyon, the city of bridges.");
        var answer = await council.Gateway.ChatAsync(Council.Ask);
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body);
        return answer;
    }

    private static Task<Answer> ReplayAsync(Council council, Answer first, string body, string? key = null, params (string Name, string Value)[] headers) =>
        council.Gateway.SendAsync(HttpMethod.Post, $"/v1/runs/{first.Header("x-ensemble-run-id")}/replay", body, key, headers);

    private static IEnumerable<string> Deltas(string stream) =>
        from line in stream.Split('\n')
        where line.StartsWith("data: {", StringComparison.Ordinal)
        from choice in JsonElement.Parse(line["data: ".Length..]).GetProperty("choices").EnumerateArray()
        select choice.GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString() : "";
}
