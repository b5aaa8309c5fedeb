using System.Text.Json;
using Ensemble.Core.Tests.Upstreams.OpenAi;
using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Upstreams.Anthropic;

public sealed class WholeMessageTests : IAsyncLifetime
{
    private AnthropicHarness _harness = null!;

    public async ValueTask InitializeAsync() => _harness = await AnthropicHarness.StartAsync();

    public async ValueTask DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task Send_Text_IsTheAnswerWithoutThinking()
    {
        _harness.Served.Enqueue(StubReply.Text("yes", promptTokens: 3, completionTokens: 2, reasoning: "secret"));

        var result = await _harness.WholeAsync();

        result.Outcome.ShouldBe(CallOutcome.Ok);
        result.Answer.ShouldBe(new ChatAnswer("yes", "stop"));
        (result.Usage!.PromptTokens, result.Usage.CompletionTokens, result.Usage.CachedTokens).ShouldBe((3, 2, 0));
        result.ReceivedCharacters.ShouldBe(3);
    }

    [Theory]
    [InlineData("end_turn", "stop", CallOutcome.Ok)]
    [InlineData("stop_sequence", "stop", CallOutcome.Ok)]
    [InlineData("pause_turn", "stop", CallOutcome.Ok)]
    [InlineData("a_new_reason", "stop", CallOutcome.Ok)]
    [InlineData("max_tokens", "length", CallOutcome.Ok)]
    [InlineData("model_context_window_exceeded", "length", CallOutcome.Ok)]
    [InlineData("refusal", "content_filter", CallOutcome.Filtered)]
    public async Task Send_StopReason_IsAFinishReason(string reason, string expected, CallOutcome outcome)
    {
        _harness.Served.Enqueue(StubReply.Text("text", finishReason: reason));

        var result = await _harness.WholeAsync();

        result.Outcome.ShouldBe(outcome);
        result.Answer!.FinishReason.ShouldBe(expected);
    }

    [Theory]
    [InlineData("stop", CallOutcome.Blank)]
    [InlineData("length", CallOutcome.BlankAtLength)]
    [InlineData("content_filter", CallOutcome.Filtered)]
    public async Task Send_NoText_HasItsOutcome(string reason, CallOutcome outcome)
    {
        _harness.Served.Enqueue(StubReply.Text("", finishReason: reason, reasoning: "hm"));

        (await _harness.WholeAsync()).Outcome.ShouldBe(outcome);
    }

    [Fact]
    public async Task Send_Usage_CountsTheCacheAsPartOfThePrompt()
    {
        Body("""
            {"content":[{"type":"text","text":"a"},{"type":"server_tool_use","id":"s"},{"type":"text","text":"b"}],"stop_reason":"end_turn",
            "usage":{"input_tokens":10,"cache_creation_input_tokens":200,"cache_read_input_tokens":3000,"cache_creation":{"ephemeral_5m_input_tokens":200},
            "output_tokens":40,"output_tokens_details":{"thinking_tokens":30},"server_tool_use":null}}
            """);

        var result = await _harness.WholeAsync();

        result.Answer!.Content.ShouldBe("ab");
        result.Usage!.PromptTokens.ShouldBe(3210);
        result.Usage.CachedTokens.ShouldBe(3000);
        result.Usage.CompletionTokens.ShouldBe(40);
        result.Usage.ReasoningTokens.ShouldBe(30);
    }

    [Fact]
    public async Task Send_KeepChoices_GivesThemAsOpenAiDoes()
    {
        Body("""
            {"content":[{"type":"thinking","thinking":"secret"},{"type":"text","text":"I look."},
            {"type":"tool_use","id":"toolu_1","name":"weather","input":{"city": "Köln"}},{"type":"tool_use","id":"toolu_2","name":"time","input":{}}],
            "stop_reason":"tool_use"}
            """);

        var result = await _harness.WholeAsync(keepChoices: true);

        result.Outcome.ShouldBe(CallOutcome.Ok);
        result.Answer!.CallsTools.ShouldBeTrue();
        var choice = JsonElement.Parse(result.Answer.Choices.Span).EnumerateArray().ShouldHaveSingleItem();
        choice.GetProperty("index").GetInt32().ShouldBe(0);
        choice.GetProperty("finish_reason").GetString().ShouldBe("tool_calls");
        var message = choice.GetProperty("message");
        message.GetProperty("role").GetString().ShouldBe("assistant");
        message.GetProperty("content").GetString().ShouldBe("I look.");
        message.GetProperty("refusal").ValueKind.ShouldBe(JsonValueKind.Null);
        message.GetProperty("tool_calls").EnumerateArray()
            .Select(call => (call.GetProperty("id").GetString(), call.GetProperty("type").GetString(), call.GetProperty("function").GetProperty("name").GetString(), call.GetProperty("function").GetProperty("arguments").GetString()))
            .ShouldBe([("toolu_1", "function", "weather", """{"city": "Köln"}"""), ("toolu_2", "function", "time", "{}")]);
        result.Answer.Choices.ToArray().AsSpan().IndexOf("secret"u8).ShouldBe(-1);
    }

    [Theory]
    [InlineData("""{"city":"Paris"}""", """{"city":"Paris"}""")]
    [InlineData("\"{\\\"city\\\":\\\"Paris\\\"}\"", """{"city":"Paris"}""")]
    [InlineData("null", "{}")]
    [InlineData("\"\"", "{}")]
    public async Task Send_ArgumentsInAnyForm_AreTextForOpenAisClients(string input, string arguments)
    {
        Body($$"""{"content":[{"type":"tool_use","id":"t","name":"f","input":{{input}}}],"stop_reason":"tool_use"}""");

        var result = await _harness.WholeAsync(keepChoices: true);

        JsonElement.Parse(result.Answer!.Choices.Span)[0].GetProperty("message").GetProperty("tool_calls")[0].GetProperty("function")
            .GetProperty("arguments").GetString().ShouldBe(arguments);
    }

    [Fact]
    public async Task Send_ToolCallAlone_HasNoContent()
    {
        _harness.Served.Enqueue(StubReply.ToolCall("weather", """{"city":"Paris"}"""));

        var result = await _harness.WholeAsync(keepChoices: true);

        result.Answer!.FinishReason.ShouldBe("tool_calls");
        JsonElement.Parse(result.Answer.Choices.Span)[0].GetProperty("message").GetProperty("content").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Send_WholeAnswerToAStreamRequest_IsHandedOverAsOnePiece(bool keepChoices)
    {
        Body("""{"content":[{"type":"text","text":"yes"}],"stop_reason":"end_turn"}""");
        var sink = new RecordingSink();

        (await _harness.StreamAsync(sink, keepChoices)).Outcome.ShouldBe(CallOutcome.Ok);

        sink.Pieces.ShouldBe(keepChoices ? [] : ["yes"]);
        sink.Choices.ShouldBe(keepChoices
            ? ["""[{"index":0,"delta":{"role":"assistant","content":"yes","refusal":null},"logprobs":null,"finish_reason":"stop"}]"""]
            : []);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"content":"text"}""")]
    [InlineData("""{"content":[]} {}""")]
    [InlineData("""{"content":[{"type":"text","text":"a"}""")]
    public async Task Send_WhatIsNoMessage_IsAnInvalidResponse(string body)
    {
        Body(body);

        (await _harness.WholeAsync(keepChoices: true)).Outcome.ShouldBe(CallOutcome.InvalidResponse);
    }

    [Fact]
    public async Task Send_ErrorWithAGoodStatus_IsThatError()
    {
        Body("""{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""");

        (await _harness.WholeAsync()).Outcome.ShouldBe(CallOutcome.ServerError);
    }

    private void Body(string json) => _harness.Served.Enqueue(StubReply.RawBody(200, json, "application/json"));
}
