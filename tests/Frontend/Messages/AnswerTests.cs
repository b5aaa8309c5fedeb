using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Messages;

/// <summary>Answers of <c>/v1/messages</c> as they are on the wire.</summary>
public sealed class AnswerTests
{
    private const string Path = "/v1/messages";
    private static readonly TimeSpan Commit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    private const string Tools = """ "tools":[{"name":"weather","input_schema":{"type":"object","properties":{"city":{"type":"string"}}}}] """;

    [Theory]
    [InlineData("council", "It is Paris.", 40, 20)]
    [InlineData("solo", "Paris, I think.", 10, 5)]
    public async Task Whole_HasTheTextAndTheUsage(string alias, string text, int input, int output)
    {
        await using var council = await Council.StartAsync();

        var answer = await council.Gateway.SendAsync(HttpMethod.Post, Path, Ask(alias));

        var message = answer.Json;
        message.Text("id").ShouldBe($"msg_{answer.Header("x-ensemble-run-id")}");
        (message.Text("type"), message.Text("role"), message.Text("model"), message.Text("stop_reason"))
            .ShouldBe(("message", "assistant", alias, "end_turn"));
        message.GetProperty("content").ShouldBeJson($$"""[{"type":"text","text":"{{text}}","citations":null}]""");
        Tokens(message.GetProperty("usage")).ShouldBe((input, output, 0, 0));
        answer.Header("request-id").ShouldBe(answer.Header("x-request-id"));
        Council.ShouldNameNobody(answer.Everything);
        council.Stub.Violations.ShouldBeEmpty();
        (await council.Gateway.GetAsync($"/v1/runs/{message.Text("id")}")).Json.Text("outcome").ShouldBe("completed");
    }

    [Theory]
    [InlineData("council", "It is Paris.", 40, 20)]
    [InlineData("solo", "Paris, I think.", 10, 5)]
    public async Task Streamed_HasTheEventsInTheirOrder(string alias, string text, int input, int output)
    {
        await using var council = await Council.StartAsync();

        var stream = await TypedEvents.ReadAsync(council.Gateway, Path, Ask(alias, "\"stream\":true"));

        stream.IsBroken.ShouldBeFalse();
        stream.Types.Where(type => type != "content_block_delta").ShouldBe(
            ["message_start", "content_block_start", "content_block_stop", "message_delta", "message_stop"]);
        string.Concat(stream.All("content_block_delta").Select(one => one.GetProperty("delta").Text("text"))).ShouldBe(text);
        stream["message_start"].GetProperty("message").GetProperty("content").GetArrayLength().ShouldBe(0);
        stream["message_delta"].GetProperty("delta").Text("stop_reason").ShouldBe("end_turn");
        Tokens(stream["message_delta"].GetProperty("usage")).ShouldBe((input, output, 0, 0));
    }

    [Theory]
    [InlineData("length", false, "max_tokens")]
    [InlineData("length", true, "max_tokens")]
    [InlineData("content_filter", false, "refusal")]
    [InlineData("content_filter", true, "refusal")]
    public async Task FinishReason_IsTheStopReason(string finish, bool streamed, string stop)
    {
        await using var council = await Council.StartAsync();
        council.Model("solo").Default = StubReply.Text("It is", finishReason: finish);

        var (content, reason) = await AnswerAsync(council, Ask("solo", Streamed(streamed)));

        reason.ShouldBe(stop);
        content[0].Text("text").ShouldBe("It is");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Refusal_IsATextThatSaysSo(bool streamed)
    {
        await using var council = await Council.StartAsync();
        council.Model("solo").Default = StubReply.Text("", refusal: "I will not.");

        var (content, reason) = await AnswerAsync(council, Ask("solo", Streamed(streamed)));

        reason.ShouldBe("refusal");
        content.ShouldHaveSingleItem().Text("text").ShouldBe("I will not.");
    }

    [Theory]
    [InlineData("solo", false)]
    [InlineData("solo", true)]
    [InlineData("council", false)]
    [InlineData("council", true)]
    public async Task ToolCall_IsABlockWithAnIdOfOursThatMapsBack(string alias, bool streamed)
    {
        await using var council = await StrategyCouncil.StartAsync(StrategyKind.Vote, shape: ensemble => ensemble with { Tools = ToolsMode.Vote });
        council.AllMembers(StubReply.ToolCall("weather", """{"city":"Paris"}"""));
        council.Model("solo").Default = StubReply.ToolCall("weather", """{"city":"Paris"}""");

        var (content, reason) = await AnswerAsync(council, Ask(alias, $"{Tools},{Streamed(streamed)}"));
        var call = content.ShouldHaveSingleItem();
        council.AllMembers(StubReply.Text("It rains."));
        council.Model("solo").Answers("It rains.");
        var second = await council.Gateway.SendAsync(
            HttpMethod.Post,
            Path,
            $$"""
            {"model":"{{alias}}","max_tokens":100,{{Tools}},"messages":[{"role":"user","content":"q"},{"role":"assistant","content":[{{call.GetRawText()}}]},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"{{call.Text("id")}}","content":"rain"}]}]}
            """);

        reason.ShouldBe("tool_use");
        call.Text("id").ShouldMatch("^call_[0-9A-Za-z_-]+$");
        call.Text("name").ShouldBe("weather");
        call.GetProperty("input").ShouldBeJson("""{"city":"Paris"}""");
        second.Json.GetProperty("content")[0].Text("text").ShouldBe("It rains.");
        var model = alias == "solo" ? "solo" : "quokka";
        var sent = (await council.RequestAsync(model, 2)).Field("messages")!.Value;
        sent[2].Text("tool_call_id").ShouldBe(sent[1].GetProperty("tool_calls")[0].Text("id"));
        council.Stub.Violations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[1]")]
    [InlineData(" 5")]
    [InlineData("null")]
    public async Task ToolCall_ArgumentsThatAreNoObject_AreAFieldOfOneAlsoInAStream(string arguments)
    {
        await using var council = await Council.StartAsync();
        council.Model("solo").Default = StubReply.ToolCall("weather", arguments);

        foreach (var streamed in (bool[])[false, true])
        {
            var (content, _) = await AnswerAsync(council, Ask("solo", $"{Tools},{Streamed(streamed)}"));

            content.ShouldHaveSingleItem().GetProperty("input").Text("arguments").ShouldBe(arguments);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ToolCall_OfAJudge_IsABlock(bool streamed)
    {
        await using var council = await Council.StartAsync(shape: ensemble => ensemble with { Tools = ToolsMode.Advise });
        council.Model(Council.Judge).Default = StubReply.ToolCall("weather", """{"city":"Paris"}""");

        var (content, reason) = await AnswerAsync(council, Ask("council", $"{Tools},{Streamed(streamed)}"));

        reason.ShouldBe("tool_use");
        content.ShouldHaveSingleItem().GetProperty("input").ShouldBeJson("""{"city":"Paris"}""");
        council.Stub.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Whole_ModelOfAnthropic_CountsItsCacheBesideTheRest()
    {
        await using var council = await Council.StartAsync();
        council.Model("solo").Default = StubReply.RawBody(
            200,
            """
            {"id":"x","object":"chat.completion","created":1,"model":"x","choices":[{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"stop"}],
             "usage":{"prompt_tokens":100,"completion_tokens":5,"total_tokens":105,"prompt_tokens_details":{"cached_tokens":60},"cache_creation_input_tokens":30}}
            """,
            "application/json");

        var answer = await council.Gateway.SendAsync(HttpMethod.Post, Path, Ask("solo"));

        Tokens(answer.Json.GetProperty("usage")).ShouldBe((10, 5, 60, 30));
    }

    [Fact]
    public async Task Stream_ThatTakesItsTime_IsKeptAliveByPings()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var council = await Council.StartAsync(manualClock: true, configure: SystemClock.ForGates);
        council.AllMembers(StubReply.Gated(gate.Task, StubReply.Text("Paris.")));

        var reading = TypedEvents.ReadAsync(council.Gateway, Path, Ask("council", "\"stream\":true"));
        await council.Clock.WaitForTimerAsync(Commit, Now.Cancel);
        council.Clock.Advance(Commit);
        await council.Clock.WaitForTimerAsync(Silence, Now.Cancel);
        gate.SetResult();
        var stream = await reading;

        stream.Types.Take(2).ShouldBe(["message_start", "ping"]);
        stream.Types[^1].ShouldBe("message_stop");
    }

    [Theory]
    [InlineData("council", Council.Judge)]
    [InlineData("solo", "solo")]
    public async Task Stream_BreaksAmidTheAnswer_EndsWithAnErrorAndABrokenConnection(string alias, string breaking)
    {
        await using var council = await Council.StartAsync();
        council.Model(breaking).Default = StubReply.Stream(StubStep.Delta("It is"), StubStep.Drop());

        var stream = await TypedEvents.ReadAsync(council.Gateway, Path, Ask(alias, "\"stream\":true"));

        stream.IsBroken.ShouldBeTrue();
        stream.Types[^1].ShouldBe("error");
        stream["error"].GetProperty("error").Text("type").ShouldBe("api_error");
    }

    [Theory]
    [InlineData(400, 400, "invalid_request_error")]
    [InlineData(413, 413, "request_too_large")]
    [InlineData(429, 429, "rate_limit_error")]
    [InlineData(500, 502, "api_error")]
    public async Task Error_OfAModel_HasAnthropicsShape(int upstream, int status, string type)
    {
        await using var council = await Council.StartAsync();
        council.Model("solo").Default = StubReply.Error(upstream, null, "No.");

        ShouldBeError(await council.Gateway.SendAsync(HttpMethod.Post, Path, Ask("solo")), status, type);
        ShouldBeError(await council.Gateway.SendAsync(HttpMethod.Post, Path, Ask("solo", "\"stream\":true")), status, type);
    }

    [Fact]
    public async Task Error_OfTheGateway_HasAnthropicsShape()
    {
        await using var council = await Council.StartAsync(
            shape: ensemble => ensemble with { Tools = ToolsMode.Reject }, more: catalog => catalog.AddKey("key"));
        var gateway = council.Gateway;

        ShouldBeError(await gateway.SendAsync(HttpMethod.Post, Path, Ask("solo")), 401, "authentication_error");
        ShouldBeError(await gateway.SendAsync(HttpMethod.Post, Path, Ask("solo"), null, ("x-api-key", "wrong")), 401, "authentication_error");
        ShouldBeError(await gateway.SendAsync(HttpMethod.Post, Path, Ask("nobody"), "key"), 404, "not_found_error");
        ShouldBeError(await gateway.SendAsync(HttpMethod.Post, Path, "{", "key"), 400, "invalid_request_error");
        ShouldBeError(await gateway.SendAsync(HttpMethod.Post, Path, Ask("council", Tools), "key"), 400, "invalid_request_error");
        ShouldBeError(await gateway.SendAsync(HttpMethod.Get, Path, null, "key"), 405, "invalid_request_error");
        ShouldBeError(await gateway.SendAsync(HttpMethod.Post, "/v1/messages/batches", "{}", "key"), 404, "not_found_error");
        ShouldBeError(
            await gateway.SendAsync(HttpMethod.Post, "/v1/v1/messages", "{}", "key", ("anthropic-version", "2023-06-01")), 404, "not_found_error");
        (await gateway.SendAsync(HttpMethod.Post, Path, Ask("solo"), null, ("x-api-key", "key"))).Status.ShouldBe(System.Net.HttpStatusCode.OK);
    }

    [Fact]
    public async Task Error_OfAFullGateway_Is529()
    {
        await using var council = await Council.StartAsync(args: ["--Limits:MaxRuns", "1"]);
        var gate = new TaskCompletionSource();
        council.Model("solo").Default = StubReply.Gated(gate.Task, StubReply.Text("a"));

        var first = council.Gateway.SendAsync(HttpMethod.Post, Path, Ask("solo"));
        await council.RequestAsync("solo");
        var second = await council.Gateway.SendAsync(HttpMethod.Post, Path, Ask("solo"));
        gate.SetResult();
        await first;

        ShouldBeError(second, 529, "overloaded_error");
        second.Header("retry-after").ShouldNotBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"stream\":true")]
    public async Task Request_WithWhatAgentsSendUnasked_IsAnsweredByAModel(string streamed)
    {
        await using var council = await Council.StartAsync();
        var ask = $$$"""
            {"model":"solo","max_tokens":32000,
             "system":[{"type":"text","text":"You are an agent.","cache_control":{"type":"ephemeral","ttl":"1h"}},{"type":"text","text":"Be brief."}],
             "messages":[{"role":"user","content":[{"type":"text","text":"<system-reminder>x</system-reminder>"},{"type":"text","text":"Hi","cache_control":{"type":"ephemeral"}}]}],
             "tools":[{"name":"Read","description":"Reads.","input_schema":{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"path":{"type":"string"}},"required":["path"],"additionalProperties":false},"eager_input_streaming":true,"defer_loading":false,"cache_control":{"type":"ephemeral"}}],
             "metadata":{"user_id":"{\"device_id\":\"0123456789012345678901234567890123456789012345678901234567890123\",\"session_id\":\"x\"}"},
             "thinking":{"type":"adaptive"},"context_management":{"edits":[{"type":"clear_thinking_20251015","keep":"all"}]},
             "output_config":{"effort":"medium"},"temperature":1{{{streamed}}}}
            """;

        var answer = await council.Gateway.SendAsync(
            HttpMethod.Post, $"{Path}?beta=true", ask, "any",
            ("anthropic-version", "2023-06-01"), ("anthropic-beta", "context-management-2025-06-27"), ("x-app", "cli"));

        answer.Status.ShouldBe(System.Net.HttpStatusCode.OK, answer.Body);
        var sent = await council.RequestAsync("solo");
        sent.Field("reasoning_effort")!.Value.GetString().ShouldBe("medium");
        sent.Field("user")!.Value.GetString()!.Length.ShouldBe(64);
        sent.Field("context_management").ShouldBeNull();
        sent.Json.GetRawText().ShouldNotContain("cache_control");
        council.Stub.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task CountTokens_CountsTheTextAndCallsNobody()
    {
        await using var council = await Council.StartAsync();
        const string Hello = """{"model":"council","messages":[{"role":"user","content":"Hello, world!"}]""";

        var hello = await council.Gateway.SendAsync(HttpMethod.Post, "/v1/messages/count_tokens", Hello + "}");
        var withTools = await council.Gateway.SendAsync(HttpMethod.Post, "/v1/messages/count_tokens", $"{Hello},{Tools}}}");
        var unknown = await council.Gateway.SendAsync(HttpMethod.Post, "/v1/messages/count_tokens", Hello.Replace("council", "nobody", StringComparison.Ordinal) + "}");

        // Four of the text, three of its message, three of the reply.
        hello.Json.ShouldBeJson("""{"input_tokens":10}""");
        withTools.Json.GetProperty("input_tokens").GetInt32().ShouldBeGreaterThan(20);
        ShouldBeError(unknown, 404, "not_found_error");
        council.Stub.Requests.ShouldBeEmpty();
    }

    private static void ShouldBeError(Answer answer, int status, string type)
    {
        ((int)answer.Status).ShouldBe(status, answer.Body);
        answer.Json.Text("type").ShouldBe("error");
        answer.Json.GetProperty("error").Text("type").ShouldBe(type);
        answer.Json.GetProperty("error").Text("message").ShouldNotBeNullOrEmpty();
        answer.Json.Text("request_id").ShouldBe(answer.Header("request-id"));
    }

    private static string Ask(string alias, string more = "\"metadata\":{}") =>
        $$"""{"model":"{{alias}}","max_tokens":100,"messages":[{"role":"user","content":"The capital of France?"}],{{more}}}""";

    private static string Streamed(bool streamed) => $"\"stream\":{(streamed ? "true" : "false")}";

    private static (int Input, int Output, int CacheRead, int CacheWritten) Tokens(JsonElement usage) => (
        usage.GetProperty("input_tokens").GetInt32(), usage.GetProperty("output_tokens").GetInt32(),
        usage.GetProperty("cache_read_input_tokens").GetInt32(), usage.GetProperty("cache_creation_input_tokens").GetInt32());

    /// <summary>The content, put together from a stream's events as clients do.</summary>
    private static async Task<(IReadOnlyList<JsonElement> Content, string StopReason)> AnswerAsync(Council council, string json)
    {
        if (!json.Contains("\"stream\":true", StringComparison.Ordinal))
        {
            var message = (await council.Gateway.SendAsync(HttpMethod.Post, Path, json)).Json;
            return ([.. message.GetProperty("content").EnumerateArray()], message.Text("stop_reason"));
        }

        var stream = await TypedEvents.ReadAsync(council.Gateway, Path, json);
        var content = stream.All("content_block_start").Select(start =>
        {
            var block = System.Text.Json.Nodes.JsonNode.Parse(start.GetProperty("content_block").GetRawText())!;
            var deltas = stream.All("content_block_delta").Where(delta => delta.GetProperty("index").GetInt32() == start.GetProperty("index").GetInt32())
                .Select(delta => delta.GetProperty("delta")).ToArray();
            if (block["type"]!.GetValue<string>() == "text")
            {
                block["text"] = string.Concat(deltas.Select(delta => delta.Text("text")));
            }
            else
            {
                block["input"] = System.Text.Json.Nodes.JsonNode.Parse(string.Concat(deltas.Select(delta => delta.Text("partial_json"))));
            }

            return JsonElement.Parse(block.ToJsonString());
        });
        return ([.. content], stream["message_delta"].GetProperty("delta").Text("stop_reason"));
    }
}
