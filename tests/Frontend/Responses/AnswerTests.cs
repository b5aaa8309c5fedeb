using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Responses;

/// <summary>Answers of <c>/v1/responses</c> as they are on the wire.</summary>
public sealed class AnswerTests
{
    private const string Path = "/v1/responses";
    private const string Tools = """ "tools":[{"type":"function","name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}] """;

    [Theory]
    [InlineData("council", "It is Paris.", 40, 20)]
    [InlineData("solo", "Paris, I think.", 10, 5)]
    public async Task Whole_HasTheTextTheUsageAndWhatTheRequestSaid(string alias, string text, int input, int output)
    {
        await using var council = await Council.StartAsync();

        var answer = await council.Gateway.SendAsync(
            HttpMethod.Post, Path, Ask(alias, """ "instructions":"Be brief.","metadata":{"a":"b"},"store":true,"temperature":0.5,"user":"u" """));

        var response = answer.Json;
        response.Text("id").ShouldBe($"resp_{answer.Header("x-ensemble-run-id")}");
        response.Text("object").ShouldBe("response");
        response.Text("status").ShouldBe("completed");
        response.Text("model").ShouldBe(alias);
        response.Text("instructions").ShouldBe("Be brief.");
        response.GetProperty("metadata").ShouldBeJson("""{"a":"b"}""");
        response.GetProperty("store").GetBoolean().ShouldBeFalse();
        response.GetProperty("temperature").GetDouble().ShouldBe(0.5);
        response.GetProperty("incomplete_details").ValueKind.ShouldBe(JsonValueKind.Null);
        response.GetProperty("error").ValueKind.ShouldBe(JsonValueKind.Null);
        var item = response.GetProperty("output").EnumerateArray().ShouldHaveSingleItem();
        (item.Text("type"), item.Text("role"), item.Text("status")).ShouldBe(("message", "assistant", "completed"));
        item.GetProperty("content").ShouldBeJson($$"""[{"type":"output_text","text":"{{text}}","annotations":[],"logprobs":[]}]""");
        response.GetProperty("usage").ShouldBeJson(
            $$"""
            {"input_tokens":{{input}},"input_tokens_details":{"cached_tokens":0},"output_tokens":{{output}},
             "output_tokens_details":{"reasoning_tokens":0},"total_tokens":{{input + output}}}
            """);
        Council.ShouldNameNobody(answer.Everything);
        council.Stub.Violations.ShouldBeEmpty();
        (await council.Gateway.GetAsync($"/v1/runs/{response.Text("id")}")).Json.Text("outcome").ShouldBe("completed");
    }

    [Theory]
    [InlineData("council", "It is Paris.")]
    [InlineData("solo", "Paris, I think.")]
    public async Task Streamed_HasTheEventsInTheirOrder(string alias, string text)
    {
        await using var council = await Council.StartAsync();

        var stream = await TypedEvents.ReadAsync(council.Gateway, Path, Ask(alias, "\"stream\":true"));

        stream.IsBroken.ShouldBeFalse();
        stream.Types.Where(type => type != "response.output_text.delta").ShouldBe(
        [
            "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added",
            "response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed",
        ]);
        stream.Events.Select(one => one.Data.GetProperty("sequence_number").GetInt32()).ShouldBe(Enumerable.Range(0, stream.Events.Count));
        string.Concat(stream.All("response.output_text.delta").Select(one => one.Text("delta"))).ShouldBe(text);
        stream["response.output_text.done"].Text("text").ShouldBe(text);
        var item = stream["response.output_item.done"].GetProperty("item");
        item.Text("id").ShouldBe(stream["response.output_item.added"].GetProperty("item").Text("id"));
        stream.All("response.output_text.delta").ShouldAllBe(one => one.Text("item_id") == item.Text("id"));
        var begun = stream["response.created"].GetProperty("response");
        var ended = stream["response.completed"].GetProperty("response");
        (begun.Text("status"), ended.Text("status")).ShouldBe(("in_progress", "completed"));
        begun.Text("id").ShouldBe(ended.Text("id"));
        begun.GetProperty("output").GetArrayLength().ShouldBe(0);
        ended.GetProperty("output")[0].ShouldBeJson(item.GetRawText());
        ended.GetProperty("usage").GetProperty("total_tokens").GetInt32().ShouldBe(alias == "solo" ? 15 : 60);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_CutAtItsLength_IsIncomplete(bool streamed)
    {
        await using var council = await Council.StartAsync();
        council.Model("solo").Default = StubReply.Text("It is", finishReason: "length");

        var response = await ResponseAsync(council, Ask("solo", $"\"max_output_tokens\":2,\"stream\":{(streamed ? "true" : "false")}"), "response.incomplete");

        response.Text("status").ShouldBe("incomplete");
        response.GetProperty("incomplete_details").ShouldBeJson("""{"reason":"max_output_tokens"}""");
        response.GetProperty("output")[0].Text("status").ShouldBe("incomplete");
        response.GetProperty("max_output_tokens").GetInt32().ShouldBe(2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Refusal_IsAPartOfItsOwn(bool streamed)
    {
        await using var council = await Council.StartAsync();
        council.Model("solo").Default = StubReply.Text("", refusal: "I will not.");

        var response = await ResponseAsync(council, Ask("solo", $"\"stream\":{(streamed ? "true" : "false")}"), "response.completed");

        response.GetProperty("output")[0].GetProperty("content").ShouldBeJson("""[{"type":"refusal","refusal":"I will not."}]""");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ToolCall_IsAnItemWithAnIdOfOursThatMapsBack(bool streamed)
    {
        await using var council = await Council.StartAsync();
        council.Model("solo").Enqueue(StubReply.ToolCall("weather", """{"city":"Paris"}""")).Answers("It rains.");

        var response = await ResponseAsync(council, Ask("solo", $"{Tools},\"stream\":{(streamed ? "true" : "false")}"), "response.completed");
        var call = response.GetProperty("output").EnumerateArray().ShouldHaveSingleItem();
        var second = await council.Gateway.SendAsync(
            HttpMethod.Post,
            Path,
            $$"""{"model":"solo",{{Tools}},"input":[{"role":"user","content":"q"},{{call.GetRawText()}},{"type":"function_call_output","call_id":"{{call.Text("call_id")}}","output":"rain"}]}""");

        (call.Text("type"), call.Text("name"), call.Text("arguments")).ShouldBe(("function_call", "weather", """{"city":"Paris"}"""));
        call.Text("call_id").ShouldMatch("^call_[0-9A-Za-z_-]+$");
        second.Json.GetProperty("output")[0].GetProperty("content")[0].Text("text").ShouldBe("It rains.");
        var sent = (await council.RequestAsync("solo", 2)).Field("messages")!.Value;
        var id = sent[1].GetProperty("tool_calls")[0].Text("id");
        id.ShouldNotBe(call.Text("call_id"));
        sent[2].Text("tool_call_id").ShouldBe(id);
        council.Stub.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task ToolVote_Streamed_HasTheCallsEvents()
    {
        await using var council = await StrategyCouncil.StartAsync(
            StrategyKind.Vote, shape: ensemble => ensemble with { Tools = ToolsMode.Vote });
        council.AllMembers(StubReply.ToolCall("weather", """{"city":"Paris"}"""));

        var stream = await TypedEvents.ReadAsync(council.Gateway, Path, Ask("council", $"{Tools},\"stream\":true"));

        stream.Types.ShouldBe(
        [
            "response.created", "response.in_progress", "response.output_item.added", "response.function_call_arguments.delta",
            "response.function_call_arguments.done", "response.output_item.done", "response.completed",
        ]);
        stream["response.function_call_arguments.done"].Text("arguments").ShouldBe("""{"city":"Paris"}""");
        stream["response.completed"].GetProperty("response").GetProperty("output")[0].Text("name").ShouldBe("weather");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ToolCall_OfAJudge_IsAnItem(bool streamed)
    {
        await using var council = await Council.StartAsync(shape: ensemble => ensemble with { Tools = ToolsMode.Advise });
        council.Model(Council.Judge).Default = StubReply.ToolCall("weather", """{"city":"Paris"}""");

        var response = await ResponseAsync(council, Ask("council", $"{Tools},\"stream\":{(streamed ? "true" : "false")}"), "response.completed");

        var call = response.GetProperty("output").EnumerateArray().ShouldHaveSingleItem();
        (call.Text("type"), call.Text("name"), call.Text("arguments")).ShouldBe(("function_call", "weather", """{"city":"Paris"}"""));
        council.Stub.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Stream_FailsBeforeTheFirstByte_IsAnHttpError()
    {
        await using var council = await Council.StartAsync();
        council.Model("solo").Default = StubReply.Error(500, null, "down");

        var answer = await council.Gateway.SendAsync(HttpMethod.Post, Path, Ask("solo", "\"stream\":true"));

        answer.ShouldBeError(502, "upstream_error", "upstream_failed");
    }

    [Theory]
    [InlineData("council", Council.Judge)]
    [InlineData("solo", "solo")]
    public async Task Stream_BreaksAmidTheAnswer_EndsWithFailedAndABrokenConnection(string alias, string breaking)
    {
        await using var council = await Council.StartAsync();
        council.Model(breaking).Default = StubReply.Stream(StubStep.Delta("It is"), StubStep.Drop());

        var stream = await TypedEvents.ReadAsync(council.Gateway, Path, Ask(alias, "\"stream\":true"));

        stream.IsBroken.ShouldBeTrue();
        stream.Types[^1].ShouldBe("response.failed");
        var response = stream["response.failed"].GetProperty("response");
        response.Text("status").ShouldBe("failed");
        response.GetProperty("error").Text("code").ShouldNotBeNullOrEmpty();
        response.GetProperty("output")[0].GetProperty("content")[0].Text("text").ShouldBe("It is");
    }

    [Fact]
    public async Task Error_OfTheChatRequest_NamesTheFieldsOfThisApi()
    {
        await using var council = await Council.StartAsync(shape: ensemble => ensemble with { Tools = ToolsMode.Reject });
        council.Model("solo").Default = StubReply.Error(400, "invalid_value", "No.", param: "max_completion_tokens");

        (await council.Gateway.SendAsync(HttpMethod.Post, Path, Ask("solo", "\"temperature\":3"))).ShouldBeError(400, "invalid_request_error", null, "temperature");
        (await council.Gateway.SendAsync(HttpMethod.Post, Path, Ask("solo"))).ShouldBeError(400, "invalid_request_error", "invalid_value", "max_output_tokens");
        (await council.Gateway.SendAsync(HttpMethod.Post, Path, Ask("council", Tools)))
            .ShouldBeError(400, "invalid_request_error", "unsupported_by_ensemble", "tools");
        (await council.Gateway.SendAsync(HttpMethod.Post, Path, Ask("nobody"))).ShouldBeError(404, "invalid_request_error", "model_not_found", "model");
        (await council.Gateway.SendAsync(HttpMethod.Post, Path, Ask("solo", "\"previous_response_id\":\"resp_1\"")))
            .ShouldBeError(400, "invalid_request_error", null, "previous_response_id");
    }

    [Fact]
    public async Task RepeatedRequest_WithAKey_GetsTheSameResponse()
    {
        await using var council = await Council.StartAsync();

        var first = await council.Gateway.SendAsync(HttpMethod.Post, Path, Ask("council"), null, ("Idempotency-Key", "k"));
        var second = await council.Gateway.SendAsync(HttpMethod.Post, Path, Ask("council"), null, ("Idempotency-Key", "k"));
        var other = await council.Gateway.SendAsync(HttpMethod.Post, Path, Ask("council", "\"temperature\":1"), null, ("Idempotency-Key", "k"));

        second.Header("idempotent-replayed").ShouldBe("true");
        second.Json.GetProperty("output").ShouldBeJson(first.Json.GetProperty("output").GetRawText());
        other.ShouldBeError(422, "invalid_request_error", "idempotency_key_reused");
    }

    [Fact]
    public async Task Options_OfTheGateway_WorkAsForChat()
    {
        await using var council = await Council.StartAsync();

        var plan = await council.Gateway.SendAsync(HttpMethod.Post, $"{Path}?dry_run=true", Ask("council"));
        var inline = await council.Gateway.SendAsync(HttpMethod.Post, Path, Ask("council"), null, ("x-ensemble-manifest", "inline"));

        plan.Json.Text("object").ShouldBe("ensemble.plan");
        inline.Json.GetProperty("ensemble").Text("strategy").ShouldBe("synthesize");
        inline.Header("x-ensemble-agreement").ShouldBe("1.00");
    }

    [Fact]
    public async Task Memory_OfTheBodies_IsFreedWithTheAnswer()
    {
        await using var council = await Council.StartAsync();
        var buffers = (Ensemble.Runs.ByteBudget)council.Gateway.Services.GetService(typeof(Ensemble.Runs.ByteBudget))!;
        var before = buffers.Used;

        await council.Gateway.SendAsync(HttpMethod.Post, Path, Ask("solo"));
        await council.Gateway.SendAsync(HttpMethod.Post, Path, Ask("solo", "\"background\":true"));

        await Eventually.TrueAsync(() => buffers.Used == before, Now.Cancel);
    }

    private static string Ask(string alias, string more = "\"metadata\":{}") =>
        $$"""{"model":"{{alias}}","input":"The capital of France?",{{more}}}""";

    private static async Task<JsonElement> ResponseAsync(Council council, string json, string last)
    {
        if (!json.Contains("\"stream\":true", StringComparison.Ordinal))
        {
            return (await council.Gateway.SendAsync(HttpMethod.Post, Path, json)).Json;
        }

        var stream = await TypedEvents.ReadAsync(council.Gateway, Path, json);
        return stream[last].GetProperty("response");
    }
}
